package form

import (
	"io"
	"os"
)

// MostBytes is the size of the largest text that Read takes: 32 KiB. Step Functions carries eight times as much from state to
// state (aws-facts C1), together with what a deployment adds to its request.
const MostBytes = 32 << 10

// Load returns what r holds; of what Read would refuse for its size no more than shows that.
func Load(r io.Reader) ([]byte, error) { return io.ReadAll(io.LimitReader(r, MostBytes+1)) }

// LoadFile is Load of a file.
func LoadFile(name string) ([]byte, error) {
	file, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	return Load(file)
}

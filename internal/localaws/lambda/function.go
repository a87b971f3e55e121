package lambda

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/lambda/types"
)

const (
	latest         = "$LATEST"
	defaultTimeout = 3 * time.Second   // Lambda SDK, CreateFunctionInput.Timeout
	maxTimeout     = 900 * time.Second // the same
	defaultMemory  = 128               // MB
	maxMemory      = 10240             // MB
)

var functionName = regexp.MustCompile(`^[a-zA-Z0-9-_]{1,64}$`)

// function is one function. The account's lock guards it.
type function struct {
	name, arn, description, role, handler, runtime, architecture string
	timeout                                                      time.Duration
	memory                                                       int32
	environment                                                  map[string]string
	reserved                                                     *int32
	tracing                                                      types.TracingMode
	tags                                                         map[string]string

	code      Code   // or
	bootstrap string // the executable

	sha256   string // of the deployment package
	size     int64
	revision string
	modified time.Time
	active   bool // it has left the state Pending
	updating bool

	idle []*environment // the one used last comes last
}

func (fn *function) setDefaults(accountID string) {
	if fn.timeout == 0 {
		fn.timeout = defaultTimeout
	}
	if fn.memory == 0 {
		fn.memory = defaultMemory
	}
	if fn.handler == "" {
		fn.handler = "bootstrap"
	}
	if fn.role == "" {
		fn.role = fmt.Sprintf("arn:aws:iam::%s:role/%s", accountID, fn.name)
	}
	if fn.tracing == "" {
		fn.tracing = types.TracingModePassThrough
	}
	if fn.architecture == "" {
		fn.architecture = "x86_64"
	}
}

// splitName takes the function's name, and the qualifier if there is one, out of a name, a partial ARN
// (account:function:name) or an ARN.
func splitName(nameOrARN string) (name, qualifier string) {
	if _, after, ok := strings.Cut(nameOrARN, "function:"); ok {
		nameOrARN = after
	}
	name, qualifier, _ = strings.Cut(nameOrARN, ":")
	return name, qualifier
}

// arnTail is the part of nameOrARN that must be the end of fn's ARN: another account or Region is another function.
func arnTail(nameOrARN string, fn *function) string {
	head, _, ok := strings.Cut(nameOrARN, "function:")
	if !ok {
		return fn.name
	}
	return head + "function:" + fn.name
}

// touch gives fn the marks of a change. The account's lock is held.
func (f *Functions) touch(fn *function) {
	fn.revision, fn.modified = f.acct.UUID(), f.acct.Now()
}

// retire ends fn's idle environments, so that the next invoke meets the changed function; those that work end when
// they have answered. The account's lock is held.
func (f *Functions) retire(fn *function) {
	for _, env := range fn.idle {
		env.kill()
	}
	fn.idle = nil
}

// findBootstrap returns the executable of a Process.
func findBootstrap(path string) (string, error) {
	info, err := os.Stat(path)
	if err != nil {
		return "", err
	}
	if info.IsDir() {
		path = filepath.Join(path, "bootstrap")
		if info, err = os.Stat(path); err != nil {
			return "", fmt.Errorf("the directory has no executable named bootstrap: %w", err)
		}
	}
	if info.IsDir() || info.Mode()&0o111 == 0 {
		return "", fmt.Errorf("%s is not an executable file", path)
	}
	return filepath.Abs(path)
}

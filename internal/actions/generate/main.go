// Command generate writes list.go of package actions: which operations of AWS each Lambda may call, read from the
// interfaces that it declares, those of other packages that it names, and what it calls of them.
package main

import (
	"log"
	"os"
	"path/filepath"

	"bluegreen/statemachine"
)

func main() {
	log.SetFlags(0)
	code, err := generate(filepath.Join("..", ".."), statemachine.Deployed())
	if err != nil {
		log.Fatalf("generate: %v", err)
	}
	if err := os.WriteFile("list.go", code, 0o644); err != nil {
		log.Fatal(err)
	}
}

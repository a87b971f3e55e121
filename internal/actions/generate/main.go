// Command generate writes list.go of package actions: which operations of AWS each Lambda calls. It follows the code from
// the Lambda's function main, by types, through all packages of ours.
package main

import (
	"log"
	"os"

	"bluegreen/statemachine"
)

func main() {
	log.SetFlags(0)
	code, err := generate(".", statemachine.Deployed())
	if err != nil {
		log.Fatalf("generate: %v", err)
	}
	if err := os.WriteFile("list.go", code, 0o644); err != nil {
		log.Fatal(err)
	}
}

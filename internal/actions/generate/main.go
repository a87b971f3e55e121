// Command generate writes list.go of package actions: which operations of AWS each Lambda calls. It follows the code from
// the Lambda's function main, by types, through all packages of ours.
//
// With -released it writes released.go instead: what the functions need today, which the roles of the next release keep.
package main

import (
	"flag"
	"log"
	"os"

	"bluegreen/statemachine"
)

func main() {
	log.SetFlags(0)
	release := flag.Bool("released", false, "write released.go instead: right after a release")
	flag.Parse()
	name, code, err := "list.go", []byte(nil), error(nil)
	if *release {
		name = "released.go"
		code, err = released()
	} else {
		code, err = generate(".", statemachine.Deployed())
	}
	if err != nil {
		log.Fatalf("generate: %v", err)
	}
	if err := os.WriteFile(name, code, 0o644); err != nil {
		log.Fatal(err)
	}
}

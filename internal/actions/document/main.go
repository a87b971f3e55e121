// Command document writes the tables of docs/security.md: what each function may do, on what and why.
package main

import (
	"log"
	"os"
	"path/filepath"
)

func main() {
	log.SetFlags(0)
	path := filepath.Join("..", "..", "docs", "security.md")
	page, err := os.ReadFile(path)
	if err != nil {
		log.Fatal(err)
	}
	written, err := rewrite(string(page))
	if err != nil {
		log.Fatalf("%s: %v", path, err)
	}
	if err := os.WriteFile(path, []byte(written), 0o644); err != nil {
		log.Fatal(err)
	}
}

// Command generate writes the JSON Schemas. It runs in the folder of package schemas.
package main

import (
	"log"
	"os"
	"path/filepath"

	"bluegreen/internal/schemas"
)

func main() {
	log.SetFlags(0)
	for _, file := range schemas.Files {
		text, err := file.Make()
		if err != nil {
			log.Fatalf("generate %s: %v", file.Path, err)
		}
		if err := os.WriteFile(filepath.Join("..", "..", filepath.FromSlash(file.Path)), text, 0o644); err != nil {
			log.Fatal(err)
		}
	}
}

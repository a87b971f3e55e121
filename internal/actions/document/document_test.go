package main

import (
	"os"
	"path/filepath"
	"testing"
)

// What the page says of the functions is what their roles allow.
func TestPageIsUpToDate(t *testing.T) {
	page, err := os.ReadFile(filepath.Join("..", "..", "..", "docs", "security.md"))
	if err != nil {
		t.Fatal(err)
	}
	want, err := rewrite(string(page))
	if err != nil {
		t.Fatal(err)
	}
	if string(page) != want {
		t.Error("docs/security.md is out of date: go generate ./internal/actions")
	}
}

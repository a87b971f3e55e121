package main

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// What docs/pictures holds is what is drawn now, the same each time; and each picture is one that README or a page of docs shows.
func TestPictures(t *testing.T) {
	pages, err := filepath.Glob("../../docs/*.md")
	if err != nil {
		t.Fatal(err)
	}
	var shown strings.Builder
	for _, page := range append(pages, "../../README.md") {
		text, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		shown.Write(text)
	}
	for name, draw := range pictures {
		var out bytes.Buffer
		if err := draw(&out); err != nil {
			t.Fatal(err)
		}
		for d := xml.NewDecoder(bytes.NewReader(out.Bytes())); ; {
			if _, err := d.Token(); errors.Is(err, io.EOF) {
				break
			} else if err != nil {
				t.Fatalf("%s is no XML: %v", name, err)
			}
		}
		want, err := os.ReadFile(filepath.Join("../../docs/pictures", name))
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(out.Bytes(), want) {
			t.Errorf("%s is not what is drawn now: run make pictures, and look at it", name)
		}
		if !strings.Contains(shown.String(), "pictures/"+name+")") {
			t.Errorf("no page shows %s", name)
		}
	}
}

// What is shown of a film are facts of its rehearsal.
func TestReplacementFilm(t *testing.T) {
	var out bytes.Buffer
	if err := drawReplacement(&out); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"the point of no return is passed", "ended Succeeded", ">draining</text>", ">leaving</text>", "ec-mqagt-dev-asg-v001", "repeatCount"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("it lacks %q", want)
		}
	}
	if strings.Contains(out.String(), "%!") {
		t.Error("a number or a text is missing")
	}
}

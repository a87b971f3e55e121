package codecommit

import (
	"cmp"
	"crypto/sha1"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/codecommit/types"
)

// file is one file of a commit.
type file struct {
	blob string // id of its content
	mode types.FileModeTypeEnum
}

// commit is one commit: all files by path, as they stood then.
type commit struct {
	id, tree      string
	parents       []string
	author, email string
	at            time.Time
	message       string
	files         map[string]file
}

// objectID is the id that Git gives an object: the SHA-1 of its kind, size and content.
func objectID(kind string, content []byte) string {
	digest := sha1.New()
	fmt.Fprintf(digest, "%s %d\x00", kind, len(content))
	digest.Write(content)
	return hex.EncodeToString(digest.Sum(nil))
}

// entry is one line of a tree object.
type entry struct {
	name, mode, id string
	folder         bool
}

// sortKey is what Git sorts a tree by: a folder's name counts as if it ended in a slash.
func (e entry) sortKey() string {
	if e.folder {
		return e.name + "/"
	}
	return e.name
}

// treeID is the id of the tree object of a folder: "" is the root, any other ends in a slash.
func treeID(files map[string]file, folder string) string {
	var content []byte
	for _, e := range entries(files, folder) {
		raw, err := hex.DecodeString(e.id)
		if err != nil {
			panic(err) // ids are made here
		}
		content = append(content, e.mode+" "+e.name+"\x00"...)
		content = append(content, raw...)
	}
	return objectID("tree", content)
}

// entries are what stands directly in a folder, in Git's order.
func entries(files map[string]file, folder string) []entry {
	direct := make(map[string]entry)
	for path, f := range files {
		rest, within := strings.CutPrefix(path, folder)
		if !within {
			continue
		}
		name, _, nested := strings.Cut(rest, "/")
		if nested {
			direct[name] = entry{name: name, folder: true}
			continue
		}
		direct[name] = entry{name: name, mode: gitMode(f.mode), id: f.blob}
	}
	all := slices.SortedFunc(maps.Values(direct), func(a, b entry) int { return cmp.Compare(a.sortKey(), b.sortKey()) })
	for n, e := range all {
		if e.folder {
			all[n].mode, all[n].id = "40000", treeID(files, folder+e.name+"/")
		}
	}
	return all
}

func gitMode(mode types.FileModeTypeEnum) string {
	switch mode {
	case types.FileModeTypeEnumExecutable:
		return "100755"
	case types.FileModeTypeEnumSymlink:
		return "120000"
	}
	return "100644"
}

// seal gives a commit its tree's id and its own.
func (c *commit) seal() {
	c.tree = treeID(c.files, "")
	var text strings.Builder
	fmt.Fprintf(&text, "tree %s\n", c.tree)
	for _, parent := range c.parents {
		fmt.Fprintf(&text, "parent %s\n", parent)
	}
	who := fmt.Sprintf("%s <%s> %s", c.author, c.email, c.date())
	fmt.Fprintf(&text, "author %s\ncommitter %s\n\n%s", who, who, c.message)
	c.id = objectID("commit", []byte(text.String()))
}

// date is when the commit was made, in Git's form: seconds and zone.
func (c *commit) date() string { return fmt.Sprintf("%d +0000", c.at.Unix()) }

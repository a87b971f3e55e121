package form

import (
	"fmt"
	"strconv"
	"strings"

	"bluegreen/internal/text"
)

// mostProblems is how many problems are put into words: who has more to mend sees them the next time.
const mostProblems = 20

// Problems are what is wrong with a text, each with its JSON path. The first are kept in words, all are counted.
type Problems struct {
	said  []string
	count int
	whole Form // what the text is to be
}

// Add adds one, as fmt.Sprintf would word it.
func (p *Problems) Add(format string, args ...any) {
	p.addWorded(func() string { return fmt.Sprintf(format, args...) })
}

// addWorded adds one, and words it only if it is to be said.
func (p *Problems) addWorded(word func() string) {
	if p.count++; p.count <= mostProblems {
		p.said = append(p.said, word())
	}
}

// Count is how many there are.
func (p *Problems) Count() int { return p.count }

// Said are the problems in words; where there are many, the last says how many more there are.
func (p *Problems) Said() []string {
	if more := p.count - len(p.said); more > 0 {
		return append(p.said[:len(p.said):len(p.said)], fmt.Sprintf("and %d more", more))
	}
	return p.said
}

// place is where a value stands in a text. It is put into words only where something is wrong there.
type place struct {
	outer *place // nil: it is the whole text
	name  string // of a member
	index int    // of an item, where there is no name
	item  bool
}

func (p *place) member(name string) *place { return &place{outer: p, name: name} }
func (p *place) at(index int) *place       { return &place{outer: p, index: index, item: true} }

// The most bytes of a name and of a path in a message.
const (
	longestName = 64
	longestPath = 200
)

// String is the JSON path: $.freezes[2].name; a name that is not plain is quoted.
func (p *place) String() string {
	var steps []string
	for ; p.outer != nil; p = p.outer {
		switch {
		case p.item:
			steps = append(steps, "["+strconv.Itoa(p.index)+"]")
		case isPlain(p.name):
			steps = append(steps, "."+p.name)
		default:
			steps = append(steps, "["+text.Line(strconv.Quote(text.Short(p.name, longestName)))+"]")
		}
	}
	var b strings.Builder
	b.WriteByte('$')
	for i := len(steps) - 1; i >= 0 && b.Len() <= longestPath; i-- {
		b.WriteString(steps[i])
	}
	return text.Short(b.String(), longestPath)
}

// isPlain reports whether a name reads as a step of a path without quotes.
func isPlain(name string) bool {
	return name != "" && len(name) <= longestName && !strings.ContainsFunc(name, func(r rune) bool {
		return !('a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9' || r == '_' || r == '-' || r == '$')
	})
}

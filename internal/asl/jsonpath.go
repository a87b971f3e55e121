package asl

import (
	"fmt"
	"strconv"
	"strings"
)

// AWS evaluates JSONPath with the Jayway library, whose dialect is older than RFC 9535: names may hold hyphens and other
// signs without brackets, filters know =~, in, size and more, a definite path gives one value or fails, an indefinite
// one gives a list, and functions such as length() may end a path. Libraries for RFC 9535 refuse or answer some of that
// differently, and take Go maps, whose members have no order: a wildcard would not give the same list twice.

// jsonPath is a parsed path. It is never changed.
type jsonPath struct {
	text     string
	root     pathRoot
	variable string // of rootVariable
	segments []segment
	function string // "length", …; empty without one
}

// pathRoot says what a path starts from.
type pathRoot int

const (
	rootInput    pathRoot = iota // $
	rootContext                  // $$
	rootVariable                 // $name
	rootCurrent                  // @, inside a filter
)

// segment selects from each value that the path has reached so far.
type segment struct {
	kind    segmentKind
	deep    bool // after "..": also from everything below
	names   []string
	indexes []int
	slice   [2]*int
	filter  filter
}

type segmentKind int

const (
	segmentNames segmentKind = iota
	segmentIndexes
	segmentSlice
	segmentWildcard
	segmentFilter
)

// definite reports whether the path can lead to one place only. Several names at the end make one object.
func (p *jsonPath) definite() bool {
	for i, s := range p.segments {
		last := i == len(p.segments)-1
		switch {
		case s.deep, s.kind == segmentSlice, s.kind == segmentWildcard, s.kind == segmentFilter:
			return false
		case s.kind == segmentIndexes && len(s.indexes) > 1, s.kind == segmentNames && len(s.names) > 1 && !last:
			return false
		}
	}
	return true
}

// isReference reports whether the path is a reference path: it names exactly one place, by names and indexes.
func (p *jsonPath) isReference() bool {
	for _, s := range p.segments {
		if s.deep || len(s.names)+len(s.indexes) != 1 {
			return false
		}
	}
	return p.function == ""
}

// pathFunctions are the functions that may end a path.
var pathFunctions = map[string]bool{
	"length": true, "size": true, "min": true, "max": true, "avg": true, "sum": true, "stddev": true, "keys": true, "first": true, "last": true,
}

// parsePath reads a whole path.
func parsePath(text string) (*jsonPath, error) {
	p := &pathParser{text: text}
	path, err := p.path()
	if err == nil && p.at < len(text) {
		err = p.errorf("unexpected %q", text[p.at:])
	}
	return path, err
}

// pathParser reads paths and the filters in them.
type pathParser struct {
	text   string
	at     int
	inside bool // within a filter or an intrinsic function, where other signs may follow the path
}

func (p *pathParser) errorf(format string, args ...any) error {
	return fmt.Errorf("%s at position %d of %q", fmt.Sprintf(format, args...), p.at, p.text)
}

func (p *pathParser) peek() byte {
	if p.at < len(p.text) {
		return p.text[p.at]
	}
	return 0
}

func (p *pathParser) accept(token string) bool {
	if strings.HasPrefix(p.text[p.at:], token) {
		p.at += len(token)
		return true
	}
	return false
}

func (p *pathParser) spaces() {
	for p.peek() == ' ' {
		p.at++
	}
}

func (p *pathParser) path() (*jsonPath, error) {
	start := p.at
	path := &jsonPath{}
	switch {
	case p.accept("$$"):
		path.root = rootContext
	case p.accept("$"):
		if isNameStart(p.peek()) {
			path.root, path.variable = rootVariable, p.variable()
		}
	case p.accept("@"):
		path.root = rootCurrent
	default:
		return nil, p.errorf("a path starts with $")
	}
	for path.function == "" {
		more, err := p.segment(path)
		if err != nil {
			return nil, err
		}
		if !more {
			break
		}
	}
	path.text = p.text[start:p.at]
	return path, nil
}

func isNameStart(c byte) bool {
	return c == '_' || c >= 0x80 || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
}

func (p *pathParser) variable() string {
	start := p.at
	for isNameStart(p.peek()) || p.peek() >= '0' && p.peek() <= '9' {
		p.at++
	}
	return p.text[start:p.at]
}

// segment reads one more segment, or reports that there is none.
func (p *pathParser) segment(path *jsonPath) (more bool, err error) {
	deep := p.accept("..")
	switch {
	case !deep && p.accept("."), deep && p.peek() != '[':
		return true, p.afterDot(path, deep)
	case p.accept("["):
		s, err := p.brackets()
		s.deep = deep
		path.segments = append(path.segments, s)
		return true, err
	}
	return false, nil
}

func (p *pathParser) afterDot(path *jsonPath, deep bool) error {
	if p.accept("*") {
		path.segments = append(path.segments, segment{kind: segmentWildcard, deep: deep})
		return nil
	}
	if p.peek() == '[' && !deep { // $.['a'] is taken like $['a']
		p.at++
		s, err := p.brackets()
		path.segments = append(path.segments, s)
		return err
	}
	start := p.at
	for p.at < len(p.text) && !p.endsName(p.text[p.at]) {
		p.at++
	}
	name := p.text[start:p.at]
	if name == "" {
		return p.errorf("a name is missing")
	}
	if p.accept("()") {
		if !pathFunctions[name] {
			return p.errorf("the function %s() is not supported", name)
		}
		path.function = name
		return nil
	}
	path.segments = append(path.segments, segment{names: []string{name}, deep: deep})
	return nil
}

func (p *pathParser) endsName(c byte) bool {
	if strings.IndexByte(".[(*", c) >= 0 || c <= ' ' {
		return true
	}
	return p.inside && strings.IndexByte(",)]=<>!&|~", c) >= 0
}

// brackets reads what follows "[".
func (p *pathParser) brackets() (segment, error) {
	p.spaces()
	var s segment
	var err error
	switch c := p.peek(); {
	case c == '*':
		p.at++
		s.kind = segmentWildcard
	case c == '?':
		p.at++
		s.kind = segmentFilter
		s.filter, err = p.filter()
	case c == '\'' || c == '"':
		s.names, err = p.names()
	default:
		s, err = p.indexes()
	}
	if err != nil {
		return s, err
	}
	p.spaces()
	if !p.accept("]") {
		return s, p.errorf("] is missing")
	}
	return s, nil
}

func (p *pathParser) names() (names []string, err error) {
	for {
		p.spaces()
		name, err := p.quoted()
		if err != nil {
			return nil, err
		}
		names = append(names, name)
		p.spaces()
		if !p.accept(",") {
			return names, nil
		}
	}
}

// quoted reads a string in single or double quotes, with the escapes of Java: \n, \u002e and such. Before any other sign a
// backslash keeps it.
func (p *pathParser) quoted() (string, error) {
	quote := p.peek()
	if quote != '\'' && quote != '"' {
		return "", p.errorf("a quoted string is missing")
	}
	var s strings.Builder
	for p.at++; p.at < len(p.text); p.at++ {
		switch c := p.text[p.at]; {
		case c == quote:
			p.at++
			return s.String(), nil
		case c == '\\' && p.at+1 < len(p.text):
			p.at++
			s.WriteString(p.escaped())
		default:
			s.WriteByte(c)
		}
	}
	return "", p.errorf("the string does not end")
}

// escaped is what the sign after a backslash stands for; the parser is left at the last sign of the escape.
func (p *pathParser) escaped() string {
	c := p.text[p.at]
	if k := strings.IndexByte("nrtbf", c); k >= 0 {
		return "\n\r\t\b\f"[k : k+1]
	}
	if c == 'u' && p.at+4 < len(p.text) {
		if code, err := strconv.ParseUint(p.text[p.at+1:p.at+5], 16, 16); err == nil {
			p.at += 4
			return string(rune(code))
		}
	}
	return string(c)
}

// indexes reads [2], [-1], [0,2], [1:], [:3] or [1:3].
func (p *pathParser) indexes() (segment, error) {
	start := p.at
	for p.peek() != ']' {
		if p.at == len(p.text) {
			return segment{}, p.errorf("] is missing")
		}
		p.at++
	}
	content := strings.ReplaceAll(p.text[start:p.at], " ", "")
	if from, to, isSlice := strings.Cut(content, ":"); isSlice {
		s := segment{kind: segmentSlice}
		for i, bound := range []string{from, to} {
			if bound == "" {
				continue
			}
			n, err := strconv.Atoi(bound)
			if err != nil {
				return s, p.errorf("%q is not a slice", content)
			}
			s.slice[i] = &n
		}
		return s, nil
	}
	s := segment{kind: segmentIndexes}
	for _, part := range strings.Split(content, ",") {
		n, err := strconv.Atoi(part)
		if err != nil {
			return s, p.errorf("%q is not an array index", content)
		}
		s.indexes = append(s.indexes, n)
	}
	return s, nil
}

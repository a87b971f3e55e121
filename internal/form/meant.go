package form

import (
	"fmt"
	"regexp"
	"strings"
	"unicode/utf8"

	"bluegreen/internal/text"
)

// meant says which field a name that is none was probably meant to be: one beside it that is written nearly so, or one that is
// called so elsewhere in the text. Empty: nobody can tell.
func (p *Problems) meant(name string, beside []string) string {
	if near := Near(text.Short(name, longestName), beside); near != "" {
		return fmt.Sprintf(": did you mean %q?", near)
	}
	if found := called(p.whole, &place{}, name); len(found) > 0 {
		return fmt.Sprintf(": did you mean %s?", strings.Join(found, " or "))
	}
	return ""
}

// called are the paths of the fields below at that have a name, in whatever case.
func called(f Form, at *place, name string) []string {
	var fields []Field
	switch f := f.(type) {
	case Object:
		fields = f
	case One:
		fields = f
	}
	var found []string
	for _, field := range fields {
		if strings.EqualFold(field.name, name) {
			found = append(found, at.member(field.name).String())
		}
		found = append(found, called(field.form, at.member(field.name), name)...)
	}
	return found
}

// looksLikeHyphen are the characters that word processors and web pages write for "-".
const looksLikeHyphen = "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe58\ufe63\uff0d"

// taken says what s, which is not of the shape, was probably taken for or from.
func (f Shaped) taken(s string) string {
	if i := strings.IndexAny(s, looksLikeHyphen); i >= 0 {
		r, _ := utf8.DecodeRuneInString(s[i:])
		return fmt.Sprintf(` (its character %d is %U, which only looks like the hyphen "-")`, utf8.RuneCountInString(s[:i])+1, r)
	}
	if name := s[strings.LastIndex(s, "/")+1:]; strings.HasPrefix(s, "arn:") && regexp.MustCompile(f.Pattern).MatchString(name) {
		return fmt.Sprintf(" (this is an ARN: its name is %q)", name)
	}
	return ""
}

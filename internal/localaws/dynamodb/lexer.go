package dynamodb

import (
	"strings"
	"unicode"
)

// token is a word of an expression: a name, keyword, #name, :value, index or sign.
type token struct {
	text       string
	start, end int // place in the expression
}

// tokenize cuts an expression into tokens. A character that belongs to none is a token of its own, which no rule of the
// grammar takes.
func tokenize(text string) []token {
	var tokens []token
	for at := 0; at < len(text); {
		if unicode.IsSpace(rune(text[at])) {
			at++
			continue
		}
		end := at + 1
		switch {
		case text[at] == '#' || text[at] == ':' || isLetter(text[at]) || isDigit(text[at]):
			for end < len(text) && (isLetter(text[end]) || isDigit(text[end]) || text[end] == '_') {
				end++
			}
		case strings.HasPrefix(text[at:], "<>") || strings.HasPrefix(text[at:], "<=") || strings.HasPrefix(text[at:], ">="):
			end = at + 2
		}
		tokens = append(tokens, token{text[at:end], at, end})
		at = end
	}
	return tokens
}

func isLetter(c byte) bool { return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' }

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

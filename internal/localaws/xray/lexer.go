package xray

import "strings"

// token is one piece of a filter expression.
type token struct {
	kind tokenKind
	text string // of a text, without its quotes
	at   int    // where it begins, in bytes
}

type tokenKind int

const (
	end       tokenKind = iota
	word                // a keyword, operator, number or name
	quotation           // "…"
	symbol              // = != < <= > >= ! ( ) [ ] { }
)

const symbols = "=!<>()[]{},"

// lex splits a filter expression.
func lex(expression string) ([]token, error) {
	var tokens []token
	for at := 0; at < len(expression); {
		c := expression[at]
		switch {
		case strings.IndexByte(" \t\n", c) >= 0:
			at++
		case c == '"':
			text, size, ok := quoted(expression[at:])
			if !ok {
				return nil, invalid("Invalid filter expression: the text that begins at character %d of %q has no end", at+1, expression)
			}
			tokens = append(tokens, token{quotation, text, at})
			at += size
		case strings.IndexByte(symbols, c) >= 0:
			size := 1
			if strings.IndexByte("!<>", c) >= 0 && strings.HasPrefix(expression[at+1:], "=") {
				size = 2
			}
			tokens = append(tokens, token{symbol, expression[at : at+size], at})
			at += size
		default:
			size := strings.IndexAny(expression[at:], " \t\n\""+symbols)
			if size < 0 {
				size = len(expression) - at
			}
			tokens = append(tokens, token{word, expression[at : at+size], at})
			at += size
		}
	}
	return tokens, nil
}

// quoted reads a text in double quotes, in which a backslash stands before a quote or a backslash; size is what it takes.
func quoted(from string) (text string, size int, ok bool) {
	var b strings.Builder
	for i := 1; i < len(from); i++ {
		switch {
		case from[i] == '"':
			return b.String(), i + 1, true
		case from[i] == '\\' && i+1 < len(from):
			i++
		}
		b.WriteByte(from[i])
	}
	return "", 0, false
}

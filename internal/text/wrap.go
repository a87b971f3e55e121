package text

import "strings"

// Columns are how wide what people read is at most: a terminal.
const Columns = 80

// Unbroken is a space at which Wrap ends no line.
const Unbroken = "\x00"

// Wrap breaks a text into lines of Columns characters at most, the first after one indent and the others after another. A
// longer word stands on a line of its own.
func Wrap(first, rest, s string) []string {
	var lines []string
	line, empty := first, true
	for _, word := range strings.Fields(s) {
		word = strings.ReplaceAll(word, Unbroken, " ")
		if !empty && width(line)+1+width(word) > Columns {
			lines = append(lines, line)
			line, empty = rest, true
		}
		if !empty {
			line += " "
		}
		line, empty = line+word, false
	}
	return append(lines, line)
}

func width(s string) int { return len([]rune(s)) }

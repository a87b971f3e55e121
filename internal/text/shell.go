package text

import "strings"

// Quote is s as one word of a POSIX shell: as it is where nothing in it means anything to a shell.
func Quote(s string) string {
	if s != "" && !strings.ContainsFunc(s, special) {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}

func special(r rune) bool {
	return !('a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9' || strings.ContainsRune("_-+.,:/@%", r))
}

// Option is an option of the aws CLI with its value, as a person pastes them into a shell. A value that begins with a dash
// would be taken for an option of its own.
func Option(name, value string) string {
	if strings.HasPrefix(value, "-") {
		return name + "=" + Quote(value)
	}
	return name + " " + Quote(value)
}

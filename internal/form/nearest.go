package form

import "strings"

// Nearest returns the candidate with the least edit distance to name, ignoring case.
func Nearest(name string, candidates []string) string {
	best, _ := nearest(name, candidates)
	return best
}

// Near returns the candidate that name was probably meant to be: the nearest, where few of its letters differ. Empty: none is.
func Near(name string, candidates []string) string {
	const sure = 2 // letters, in however short a name
	if best, distance := nearest(name, candidates); distance < len(name) && distance <= max(sure, len(name)/4) {
		return best
	}
	return ""
}

func nearest(name string, candidates []string) (string, int) {
	best, least := "", -1
	for _, candidate := range candidates {
		distance := editDistance(strings.ToLower(name), strings.ToLower(candidate))
		if least < 0 || distance < least {
			best, least = candidate, distance
		}
	}
	return best, least
}

// editDistance is Levenshtein's, one row at a time.
func editDistance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			substitute := diagonal
			if a[i] != b[j] {
				substitute++
			}
			diagonal = row[j+1]
			row[j+1] = min(substitute, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}

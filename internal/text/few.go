package text

import (
	"fmt"
	"strings"
)

// Few is a list as a sentence has it: the first names, and how many more there are.
func Few(names []string) string {
	const few = 5
	if len(names) <= few {
		return strings.Join(names, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(names[:few], ", "), len(names)-few)
}

package deploy

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

var greenName = regexp.MustCompile(`^(.+)-v(\d{3,})$`)

// GreenName is the name of a lineage's n-th copy.
func GreenName(lineage string, n int) string { return fmt.Sprintf("%s-v%03d", lineage, n) }

// SplitName gives back the lineage and the number from the name of a copy; ok is false for any other name.
func SplitName(group string) (lineage string, n int, ok bool) {
	parts := greenName.FindStringSubmatch(group)
	if parts == nil {
		return "", 0, false
	}
	n, err := strconv.Atoi(parts[2])
	if err != nil || GreenName(parts[1], n) != group {
		return "", 0, false
	}
	return parts[1], n, true
}

// LineageOf is the lineage that a group belongs to, by its name.
func LineageOf(group string) string {
	if lineage, _, ok := SplitName(group); ok {
		return lineage
	}
	return group
}

// The tags that every resource of a deployment carries.
const (
	TagProject   = "bluegreen:project"
	TagLineage   = "bluegreen:lineage"
	TagExecution = "bluegreen:execution" // ARN of the execution that created it
)

// OwnTags are those of what a deployment makes: key and value.
func (d Deployment) OwnTags() [][2]string {
	return [][2]string{{TagProject, d.Project}, {TagLineage, d.Lineage}, {TagExecution, d.Execution}}
}

// ReservedTag reports whether a tag is AWS's, or that of the deployment that made what bears it: no copy has it.
func ReservedTag(key string) bool {
	return strings.HasPrefix(key, "aws:") || key == TagProject || key == TagLineage || key == TagExecution
}

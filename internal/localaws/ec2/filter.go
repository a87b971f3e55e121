package ec2

import (
	"encoding/base64"
	"slices"
	"strconv"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"bluegreen/internal/localaws/wire"
)

// fields are the filters that an operation knows, with what each one looks at. Every operation also filters by tags.
type fields[T any] struct {
	of   map[string]func(T) []string
	tags func(T) map[string]string
}

// keep returns the items that match every filter.
func (f fields[T]) keep(items []T, filters []types.Filter) ([]T, error) {
	kept := slices.Clone(items)
	for _, filter := range filters {
		values, err := f.reader(aws.ToString(filter.Name))
		if err != nil {
			return nil, err
		}
		kept = slices.DeleteFunc(kept, func(item T) bool { return !anyMatches(filter.Values, values(item)) })
	}
	return kept, nil
}

func (f fields[T]) reader(name string) (func(T) []string, error) {
	if values, ok := f.of[name]; ok {
		return values, nil
	}
	if key, ok := strings.CutPrefix(name, "tag:"); ok && f.tags != nil {
		return func(item T) []string {
			if value, ok := f.tags(item)[key]; ok {
				return []string{value}
			}
			return nil
		}, nil
	}
	if name == "tag-key" && f.tags != nil {
		return func(item T) []string { return sortedKeys(f.tags(item)) }, nil
	}
	return nil, wire.Errorf("InvalidParameterValue", "The filter '%s' is invalid", name)
}

func anyMatches(patterns, values []string) bool {
	for _, pattern := range patterns {
		for _, value := range values {
			if wildcardMatches(pattern, value) {
				return true
			}
		}
	}
	return false
}

// wildcardMatches compares with *, any characters, and ?, one character.
func wildcardMatches(pattern, value string) bool {
	if pattern == "" {
		return value == ""
	}
	if pattern[0] == '*' {
		return wildcardMatches(pattern[1:], value) || value != "" && wildcardMatches(pattern, value[1:])
	}
	return value != "" && (pattern[0] == '?' || pattern[0] == value[0]) && wildcardMatches(pattern[1:], value[1:])
}

// page cuts out the page that a request asks for and returns the token of the next one, if there is one. Without
// maxResults everything is one page.
func page[T any](items []T, maxResults *int32, token *string) ([]T, *string, error) {
	from := 0
	if token != nil {
		decoded, _ := base64.StdEncoding.DecodeString(*token)
		var err error
		if from, err = strconv.Atoi(string(decoded)); err != nil || from < 0 {
			return nil, nil, wire.Errorf("InvalidParameterValue", "Unable to parse pagination token")
		}
	}
	items = items[min(from, len(items)):]
	if maxResults == nil || len(items) <= int(*maxResults) {
		return items, nil, nil
	}
	size := int(*maxResults)
	return items[:size], aws.String(base64.StdEncoding.EncodeToString([]byte(strconv.Itoa(from + size)))), nil
}

// checkPage refuses a page size that EC2 does not take, or takes only without a list of ids.
func checkPage(maxResults *int32, ids []string, least, most int32, idsName string) error {
	if maxResults == nil {
		return nil
	}
	if len(ids) > 0 && idsName != "" {
		return wire.Errorf("InvalidParameterCombination",
			"The parameter %s cannot be used with the parameter maxResults", idsName)
	}
	if *maxResults < least || *maxResults > most {
		return wire.Errorf("InvalidParameterValue", "Value ( %d ) for parameter maxResults is invalid. Expecting a value between %d and %d.",
			*maxResults, least, most)
	}
	return nil
}

func sortedKeys(tags map[string]string) []string {
	keys := make([]string, 0, len(tags))
	for key := range tags {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys
}

package elbv2

import (
	"encoding/base64"
	"slices"
	"strconv"

	"github.com/aws/aws-sdk-go-v2/aws"
)

// page cuts out the page that a request asks for, of 400 items if it doesn't say, and returns the marker of the next
// one, if there is one.
func page[T any](items []T, size *int32, marker *string) ([]T, *string, error) {
	from := 0
	if marker != nil {
		decoded, _ := base64.StdEncoding.DecodeString(*marker)
		var err error
		if from, err = strconv.Atoi(string(decoded)); err != nil || from < 0 {
			return nil, nil, invalid("'%s' is not a valid marker", *marker)
		}
	}
	count := 400
	if size != nil {
		if count = int(*size); count < 1 || count > 400 {
			return nil, nil, invalid("1 validation error detected: Value '%d' at 'pageSize' failed to satisfy constraint: "+
				"Member must have value between 1 and 400", count)
		}
	}
	items = items[min(from, len(items)):]
	if len(items) <= count {
		return items, nil, nil
	}
	return items[:count], aws.String(base64.StdEncoding.EncodeToString([]byte(strconv.Itoa(from + count)))), nil
}

// chosen are the items whose keys are wanted, or all of them if none are; ok says that all that are wanted exist.
func chosen[T any](items []T, wanted []string, key func(T) string) (found []T, ok bool) {
	if len(wanted) == 0 {
		return slices.Clone(items), true
	}
	distinct := make(map[string]bool, len(wanted))
	for _, name := range wanted {
		distinct[name] = true
	}
	for _, item := range items {
		if distinct[key(item)] {
			found = append(found, item)
		}
	}
	return found, len(found) == len(distinct)
}

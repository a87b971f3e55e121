package dynamodb

import (
	"fmt"
	"sort"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// keyNames are the table's key attributes.
func (t *table) keyNames() []string {
	if t.sort == "" {
		return []string{t.hash}
	}
	return []string{t.hash, t.sort}
}

// isKey reports whether name is a key attribute.
func (t *table) isKey(name string) bool { return name == t.hash || (t.sort != "" && name == t.sort) }

// givenKey checks the Key of a request and returns it clean, with the place of its item.
func (t *table) givenKey(key item) (item, string, error) {
	cleaned, err := cleanItem(key, 0)
	if err != nil {
		return nil, "", err
	}
	if len(cleaned) != len(t.keyNames()) {
		return nil, "", invalid("The provided key element does not match the schema")
	}
	for _, name := range t.keyNames() {
		if v, ok := cleaned[name]; !ok || typeName(v) != t.kinds[name] {
			return nil, "", invalid("The provided key element does not match the schema")
		}
	}
	if err := t.checkKeySize(cleaned); err != nil {
		return nil, "", err
	}
	return cleaned, t.place(cleaned), nil
}

// keyOf checks the key attributes of a whole item and returns the item's place.
func (t *table) keyOf(attributes item) (string, error) {
	for _, name := range t.keyNames() {
		v, ok := attributes[name]
		if !ok {
			return "", invalid("One or more parameter values were invalid: Missing the key %s in the item", name)
		}
		if typeName(v) != t.kinds[name] {
			return "", invalid("One or more parameter values were invalid: Type mismatch for key %s expected: %s actual: %s", name, t.kinds[name], typeName(v))
		}
	}
	if err := t.checkKeySize(attributes); err != nil {
		return "", err
	}
	return t.place(attributes), nil
}

// The most bytes of a key attribute.
const (
	mostHash = 2048
	mostSort = 1024
)

// checkKeySize refuses key attributes that are empty or too large. AWS's text lacks a blank.
func (t *table) checkKeySize(attributes item) error {
	for _, name := range t.keyNames() {
		switch v := attributes[name].(type) {
		case *types.AttributeValueMemberS:
			if v.Value == "" {
				return invalid("One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an empty string value. Key: %s", name)
			}
		case *types.AttributeValueMemberB:
			if len(v.Value) == 0 {
				return invalid("One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an empty binary value. Key: %s", name)
			}
		default:
			continue // a number is never too large
		}
		switch size := len(scalarText(attributes[name])); {
		case name == t.hash && size > mostHash:
			return invalid("One or more parameter values were invalid: Size of hashkey has exceeded the maximum size limit of%d bytes", mostHash)
		case name == t.sort && size > mostSort:
			return invalid("One or more parameter values were invalid: Aggregated size of all range keys has exceeded the size limit of %d bytes", mostSort)
		}
	}
	return nil
}

// place is a text that tells the item from every other: its key.
func (t *table) place(attributes item) string {
	var parts []string
	for _, name := range t.keyNames() {
		parts = append(parts, fmt.Sprintf("%q", scalarText(attributes[name])))
	}
	return strings.Join(parts, ",")
}

func scalarText(v value) string {
	switch v := v.(type) {
	case *types.AttributeValueMemberS:
		return v.Value
	case *types.AttributeValueMemberN:
		return v.Value
	case *types.AttributeValueMemberB:
		return string(v.Value)
	}
	return ""
}

// keyAttributes are the item's key.
func (t *table) keyAttributes(attributes item) item {
	key := item{}
	for _, name := range t.keyNames() {
		key[name] = attributes[name]
	}
	return key
}

// sortedKeys are the places of all items, in the order in which a scan meets them: by partition, then by sort key.
func (t *table) sortedKeys() []string {
	keys := make([]string, 0, len(t.records))
	for key := range t.records {
		keys = append(keys, key)
	}
	sort.Slice(keys, func(i, j int) bool {
		a, b := t.anyVersion(keys[i]), t.anyVersion(keys[j])
		if x, y := scalarText(a[t.hash]), scalarText(b[t.hash]); x != y {
			return x < y
		}
		order, _ := compare(a[t.sort], b[t.sort])
		return order < 0
	})
	return keys
}

// anyVersion is some state of an item that existed; its key never changes.
func (t *table) anyVersion(key string) item {
	for _, v := range t.records[key].versions {
		if v.attributes != nil {
			return v.attributes
		}
	}
	return nil
}

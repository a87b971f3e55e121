package twin

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"bluegreen/internal/clone"
)

// differences are what a twin has otherwise than blue's balancer, in words.
func differences(blue, twin Balancer) []string {
	want, has := blue.whole.traits(), twin.whole.traits()
	keys := maps.Clone(want)
	maps.Copy(keys, has)
	var found []string
	for _, key := range slices.Sorted(maps.Keys(keys)) {
		if want[key] != has[key] {
			found = append(found, fmt.Sprintf("%s is %s, and blue's %s", key, orNone(has[key]), orNone(want[key])))
		}
	}
	return found
}

func orNone(value string) string {
	if value == "" {
		return "none"
	}
	return value
}

// given is what an input gives, as JSON: neither members without a value nor empty lists, which AWS shows or leaves out.
func given(input any) string {
	encoded, err := json.Marshal(input)
	if err != nil {
		return err.Error() // a description is plain data
	}
	var tree any
	if err := json.Unmarshal(encoded, &tree); err != nil {
		return err.Error() // it has just been written
	}
	encoded, err = json.Marshal(clone.Pruned(tree))
	if err != nil {
		return err.Error()
	}
	return string(encoded)
}

// members are the traits of an input, one for each of its members that is given.
func members(of string, input any, into map[string]string) {
	var tree map[string]json.RawMessage
	if err := json.Unmarshal([]byte(given(input)), &tree); err != nil {
		into[of] = err.Error()
		return
	}
	for name, value := range tree {
		into[of+" "+name] = string(value)
	}
}

package xray

import (
	"cmp"
	"encoding/json"
	"slices"
)

// documents are a trace's segments, each with the subsegments that were sent on their own put where they belong;
// subsegments whose parent is not there stand by themselves. Those that began first come first.
func (t *trace) documents() ([]map[string]any, error) {
	var all []map[string]any
	byID := make(map[string]map[string]any)
	for _, kept := range t.segments {
		var document map[string]any
		if err := json.Unmarshal(kept.document, &document); err != nil {
			return nil, err
		}
		all = append(all, document)
		index(byID, document)
	}
	var top []map[string]any
	for _, document := range all {
		parentID, _ := document["parent_id"].(string)
		parent, here := byID[parentID]
		if document["type"] != subsegment || !here {
			top = append(top, document)
			continue
		}
		for _, key := range []string{"type", "trace_id", "parent_id"} {
			delete(document, key)
		}
		siblings, _ := parent["subsegments"].([]any)
		parent["subsegments"] = append(siblings, document)
	}
	for _, document := range top {
		order(document)
	}
	slices.SortStableFunc(top, earlier)
	return top, nil
}

// index notes a document and all that is within it by id.
func index(byID map[string]map[string]any, document map[string]any) {
	if id, ok := document["id"].(string); ok {
		byID[id] = document
	}
	for _, child := range children(document) {
		index(byID, child)
	}
}

func children(document map[string]any) []map[string]any {
	list, _ := document["subsegments"].([]any)
	var all []map[string]any
	for _, child := range list {
		if child, ok := child.(map[string]any); ok {
			all = append(all, child)
		}
	}
	return all
}

// order puts subsegments in the order of their starts.
func order(document map[string]any) {
	list := children(document)
	if len(list) == 0 {
		return
	}
	slices.SortStableFunc(list, earlier)
	ordered := make([]any, len(list))
	for i, child := range list {
		order(child)
		ordered[i] = child
	}
	document["subsegments"] = ordered
}

func earlier(a, b map[string]any) int {
	first, _ := a["start_time"].(float64)
	second, _ := b["start_time"].(float64)
	return cmp.Compare(first, second)
}

package dynamodb

import (
	"maps"
	"slices"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// projection reads the whole of a projection expression; without one it is nil.
func (s *scope) projection(e source) ([]path, error) {
	if e.text == nil {
		return nil, nil
	}
	p := s.parser(e)
	var paths []path
	for {
		found, err := p.path()
		if err != nil {
			return nil, err
		}
		paths = append(paths, found)
		if !p.keyword(",") {
			break
		}
	}
	if err := p.end(); err != nil {
		return nil, err
	}
	return paths, p.apart(paths)
}

// project returns what stands at the paths, in the maps and lists that it stands in. Elements of lists move together.
// Without paths it is the whole item.
func project(attributes item, paths []path) item {
	if paths == nil || attributes == nil {
		return attributes
	}
	return projectMap(attributes, paths)
}

func projectMap(attributes item, paths []path) item {
	result := item{}
	for name, below := range byName(paths) {
		if v, ok := attributes[name]; ok {
			if v, ok := projectValue(v, below); ok {
				result[name] = v
			}
		}
	}
	return result
}

// byName sorts paths by their first step; nil stands for all below it.
func byName(paths []path) map[string][]path {
	sorted := map[string][]path{}
	for _, p := range paths {
		if p[0].indexed {
			continue
		}
		sorted[p[0].name] = append(sorted[p[0].name], p[1:])
	}
	return sorted
}

func projectValue(v value, below []path) (value, bool) {
	if len(below) == 1 && len(below[0]) == 0 {
		return v, true
	}
	switch v := v.(type) {
	case *types.AttributeValueMemberM:
		result := projectMap(v.Value, below)
		return &types.AttributeValueMemberM{Value: result}, len(result) > 0
	case *types.AttributeValueMemberL:
		byIndex := map[int][]path{}
		for _, p := range below {
			if p[0].indexed {
				byIndex[p[0].index] = append(byIndex[p[0].index], p[1:])
			}
		}
		var list []value
		for _, index := range slices.Sorted(maps.Keys(byIndex)) {
			if index < len(v.Value) {
				if element, ok := projectValue(v.Value[index], byIndex[index]); ok {
					list = append(list, element)
				}
			}
		}
		return &types.AttributeValueMemberL{Value: list}, len(list) > 0
	}
	return nil, false
}

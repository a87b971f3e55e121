package clone

// Pruned is a tree of JSON without what is empty in it; nil: it is empty itself.
func Pruned(tree any) any {
	switch branch := tree.(type) {
	case map[string]any:
		for name, member := range branch {
			if branch[name] = Pruned(member); branch[name] == nil {
				delete(branch, name)
			}
		}
		if len(branch) == 0 {
			return nil
		}
	case []any:
		for i := range branch {
			branch[i] = Pruned(branch[i])
		}
		if len(branch) == 0 {
			return nil
		}
	case string:
		if branch == "" {
			return nil
		}
	}
	return tree
}

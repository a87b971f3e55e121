package asl

import "math"

func (v *visit) mapState(input document) (document, *stateError) {
	g := v.inner
	if g == nil {
		items, limit, failed := v.mapItems(input)
		if failed != nil {
			return document{}, failed
		}
		v.record("MapStateStarted", &MapStateStartedDetails{Length: len(items)})
		branches := make([]*branch, len(items))
		for i, value := range items {
			if branches[i], failed = v.itemBranch(i, value, input); failed != nil {
				return document{}, failed
			}
		}
		g = v.join(newGroup(v.branch, v.state.name, limit, branches))
	}
	outputs, failed := g.run(v.ctx)
	if failed != nil {
		return document{}, failed
	}
	v.tail = v.aside("MapStateSucceeded", nil)
	return joined(outputs), nil
}

// mapItems gives the items and how many may run at the same time.
func (v *visit) mapItems(input document) ([]any, int, *stateError) {
	m := v.state.items
	s := v.scope(input)
	value := input.value
	if m.itemsPath != nil {
		var err error
		if value, err = s.evaluate(m.itemsPath); err != nil {
			return nil, 0, runtimeError("Invalid path '%s' : %s", m.itemsPath.text, err)
		}
	}
	items, isArray := value.([]any)
	if !isArray {
		path := "$"
		if m.itemsPath != nil {
			path = m.itemsPath.text
		}
		return nil, 0, runtimeError("Reference path \"%s\" must point to array.", path)
	}
	limit := m.concurrency
	if m.concurrencyPath != nil {
		var failed *stateError
		if limit, failed = v.concurrency(s); failed != nil {
			return nil, 0, failed
		}
	}
	if limit == 0 || limit > math.MaxInt32 {
		limit = math.MaxInt32
	}
	return items, int(limit), nil
}

// concurrency reads MaxConcurrencyPath; a string of digits is taken too.
func (v *visit) concurrency(s *scope) (int64, *stateError) {
	path := v.state.items.concurrencyPath
	value, err := s.evaluate(path)
	if err != nil {
		return 0, runtimeError("Invalid path '%s' : %s", path.text, err)
	}
	n, isNumber := value.(number)
	if text, isString := value.(string); isString && !isNumber {
		n = number(text)
	}
	limit, isInteger := n.integer()
	if !isInteger {
		return 0, runtimeError("The MaxConcurrencyPath field refers to value %s which is not a valid integer: %s", encode(value), path.text)
	}
	if limit < 0 {
		return 0, runtimeError("Expected non-negative integer for MaxConcurrency, got '%d' instead.", limit)
	}
	return limit, nil
}

// itemBranch is the branch for one item; the selector sees the item in the context object.
func (v *visit) itemBranch(i int, value any, input document) (*branch, *stateError) {
	item := newObject(member{"Index", intNumber(int64(i))}, member{"Value", value})
	selected := documentOf(value)
	if v.state.items.selector != nil {
		inner := *v
		outer := *v.branch
		outer.item = item
		inner.branch = &outer
		var failed *stateError
		if selected, failed = v.within(inner.render(v.state.items.selector, input)); failed != nil {
			return nil, failed
		}
	}
	b := newBranch(v.x, v.state.items.processor, selected, v.branch)
	b.item = item
	return b, nil
}

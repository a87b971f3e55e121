package dynamodb

// keyCondition is what a key condition expression asks for: one partition, and a part of its items.
type keyCondition struct {
	partition value
	sort      condition // nil is every item of the partition
}

// keyCondition takes a key condition apart: partition key = value, AND at most one condition on the sort key.
func (t *table) keyCondition(c condition) (*keyCondition, error) {
	parts := []condition{c}
	if and, ok := c.(both); ok {
		if _, deeper := and.left.(both); deeper {
			return nil, invalid("Conditions can be of length 1 or 2 only")
		}
		parts = []condition{and.left, and.right}
	}
	found := &keyCondition{}
	for _, part := range parts {
		name, constants, ok := keyPart(part)
		if !ok {
			return nil, invalid("Invalid operator used in KeyConditionExpression: only the operators =, <, <=, >, >=, BETWEEN and begins_with on key attributes are supported")
		}
		for _, v := range constants {
			if kind := t.kinds[name]; kind != "" && typeName(v) != kind {
				return nil, invalid("One or more parameter values were invalid: Condition parameter type does not match schema type")
			}
		}
		switch {
		case name == t.hash && found.partition == nil:
			equals, ok := part.(comparison)
			if !ok || equals.operator != "=" {
				return nil, invalid("Query key condition not supported")
			}
			found.partition = constants[0]
		case name == t.sort && name != "" && found.sort == nil:
			if unequal, ok := part.(comparison); ok && unequal.operator == "<>" {
				return nil, invalid("Invalid KeyConditionExpression: Unsupported operator in KeyConditionExpression; operator: <>")
			}
			found.sort = part
		case name == t.hash || name == t.sort:
			return nil, invalid("Invalid KeyConditionExpression: KeyConditionExpressions must only contain one condition per key")
		default:
			return nil, t.missedKey(found)
		}
	}
	if found.partition == nil {
		return nil, invalid("Query condition missed key schema element: %s", t.hash)
	}
	return found, nil
}

func (t *table) missedKey(found *keyCondition) error {
	missed := t.hash
	if found.partition != nil && t.sort != "" {
		missed = t.sort
	}
	return invalid("Query condition missed key schema element: %s", missed)
}

// keyPart returns the top-level attribute of a part of a key condition, and the constants that it is compared with.
func keyPart(c condition) (name string, constants []value, ok bool) {
	var operands []operand
	switch c := c.(type) {
	case comparison:
		operands = []operand{c.left, c.right}
	case between:
		operands = []operand{c.operand, c.low, c.high}
	case call:
		if c.function != "begins_with" {
			return "", nil, false
		}
		operands = c.arguments
	default:
		return "", nil, false
	}
	p, isPath := operands[0].(path)
	if !isPath || len(p) != 1 {
		return "", nil, false
	}
	for _, o := range operands[1:] {
		c, isConstant := o.(constant)
		if !isConstant {
			return "", nil, false
		}
		constants = append(constants, c.value)
	}
	return p[0].name, constants, true
}

// touchesKey returns a key attribute that the filter c looks at, or "".
func (t *table) touchesKey(c condition) string {
	var names []string
	var operands func(list ...operand)
	operands = func(list ...operand) {
		for _, o := range list {
			switch o := o.(type) {
			case path:
				names = append(names, o[0].name)
			case size:
				operands(o.operand)
			}
		}
	}
	var walk func(c condition)
	walk = func(c condition) {
		switch c := c.(type) {
		case both:
			walk(c.left)
			walk(c.right)
		case either:
			walk(c.left)
			walk(c.right)
		case not:
			walk(c.condition)
		case comparison:
			operands(c.left, c.right)
		case between:
			operands(c.operand, c.low, c.high)
		case in:
			operands(append([]operand{c.operand}, c.list...)...)
		case call:
			operands(c.arguments...)
		}
	}
	walk(c)
	for _, name := range names {
		if name == t.hash || (name == t.sort && name != "") {
			return name
		}
	}
	return ""
}

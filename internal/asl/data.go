package asl

import "encoding/json"

// effectiveInput applies InputPath.
func (v *visit) effectiveInput() (document, *stateError) {
	if v.state.discardInput {
		return emptyDocument, nil
	}
	return v.filter(v.state.inputPath, v.raw)
}

// filter applies InputPath or OutputPath.
func (v *visit) filter(path *jsonPath, d document) (document, *stateError) {
	if path == nil || path.text == "$" {
		return d, nil
	}
	value, err := v.scope(d).evaluate(path)
	if err != nil {
		return document{}, runtimeError("Invalid path '%s' : %s", path.text, err)
	}
	return documentOf(value), nil
}

// render applies Parameters, ItemSelector or ResultSelector.
func (v *visit) render(t template, d document) (document, *stateError) {
	if t == nil {
		return d, nil
	}
	value, failed := t.render(v.scope(d))
	if failed != nil {
		return document{}, failed
	}
	return documentOf(value), nil
}

// place applies ResultPath: it puts the result into the state's input.
func (v *visit) place(path *jsonPath, discard bool, result document) (document, *stateError) {
	switch {
	case discard:
		return v.raw, nil
	case path == nil || len(path.segments) == 0:
		return result, nil
	}
	value, err := path.put(v.raw.value, result.value)
	if err != nil {
		return document{}, namedError(errorResultPathMismatch, "Unable to apply ReferencePath %s to input %s", path.text, v.raw.text)
	}
	return documentOf(value), nil
}

// finish makes the state's output from its result: Assign sees the result, ResultPath places it, OutputPath filters.
func (v *visit) finish(result document) (document, *stateError) {
	assigned, failed := v.evaluateAssign(v.state.assign, result)
	if failed != nil {
		return document{}, failed
	}
	output, failed := v.place(v.state.resultPath, v.state.discardResult, result)
	if failed == nil {
		output, failed = v.outputOf(output)
	}
	if failed == nil {
		v.assign(assigned)
	}
	return output, failed
}

// outputOf applies OutputPath, and the limit on a state's output.
func (v *visit) outputOf(d document) (document, *stateError) {
	if v.state.discardOutput {
		return emptyDocument, nil
	}
	return v.within(v.filter(v.state.outputPath, d))
}

// within holds a document to the size that it may have when it goes into a state, after Parameters, and when it leaves one
// (developer guide, error names, States.DataLimitExceeded). What a cause says of an input is not published: it is taken to
// be what is recorded of results.
func (v *visit) within(d document, failed *stateError) (document, *stateError) {
	if failed == nil && len(d.text) > maxPayloadBytes {
		return document{}, tooLarge(v.state.name)
	}
	return d, failed
}

func tooLarge(what string) *stateError {
	return &stateError{Failure: Failure{errorDataLimitExceeded,
		"The state/task '" + what + "' returned a result with a size exceeding the maximum number of bytes service limit."}}
}

// evaluateAssign evaluates an Assign; all its expressions see the variables as they were before.
func (v *visit) evaluateAssign(t template, d document) (*object, *stateError) {
	if t == nil {
		return nil, nil
	}
	value, failed := t.render(v.scope(d))
	if failed != nil {
		return nil, failed
	}
	return value.(*object), nil
}

func (v *visit) assign(values *object) {
	if values != nil && len(values.members) > 0 {
		v.variables.assign(values)
		v.assigned = values
	}
}

// leave records that the state was left with this output.
func (v *visit) leave(output document) {
	details := &StateExitedDetails{Name: v.state.name, Output: output.text}
	if v.assigned != nil {
		details.AssignedVariables = make(map[string]string, len(v.assigned.members))
		for _, m := range v.assigned.members {
			details.AssignedVariables[m.name] = encode(m.value)
		}
		details.AssignedVariablesDetails = &DataDetails{}
	}
	v.record(string(v.state.kind)+"StateExited", details)
}

// joined is the array of documents, with the texts they have.
func joined(documents []document) document {
	size := 2
	for _, d := range documents {
		size += len(d.text) + 1
	}
	values, text := make([]any, len(documents)), make(json.RawMessage, 0, size)
	text = append(text, '[')
	for i, d := range documents {
		if i > 0 {
			text = append(text, ',')
		}
		values[i], text = d.value, append(text, d.text...)
	}
	return document{values, string(append(text, ']'))}
}

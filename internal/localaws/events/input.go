package events

import (
	"encoding/json"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge/types"

	"bluegreen/internal/localaws/wire"
)

// input is what the target gets of the event: its own input, a part of the event, a text made of parts, or all of it.
func (d *delivery) input() (string, error) {
	t := d.target
	switch {
	case t.Input != nil:
		return *t.Input, nil
	case t.InputPath != nil:
		part, found := lookUp(d.text, *t.InputPath)
		if !found {
			return "", fmt.Errorf("the event has no %s", *t.InputPath)
		}
		return string(part), nil
	case t.InputTransformer != nil:
		return d.transformed(), nil
	}
	return string(d.text), nil
}

// placeholder is a variable of an input template.
var placeholder = regexp.MustCompile(`<[A-Za-z0-9_.\-]+>`)

// transformed fills the input template. Within a text of the template, a text of the event stands without its quotes, and
// other JSON with its quotes escaped. A variable whose path is not in the event does not appear (user guide, input
// transformation).
func (d *delivery) transformed() string {
	return fill(*d.target.InputTransformer.InputTemplate, func(name string) (json.RawMessage, bool) {
		switch name {
		case "aws.events.rule-arn":
			return quoted(d.ruleARN), true
		case "aws.events.rule-name":
			return quoted(d.rule), true
		case "aws.events.event.ingestion-time":
			return quoted(d.accepted.UTC().Format(timeFormat)), true
		case "aws.events.event.json":
			return d.text, true
		case "aws.events.event":
			return d.withoutDetail(), true
		}
		return lookUp(d.text, d.target.InputTransformer.InputPathsMap[name])
	})
}

func (d *delivery) withoutDetail() json.RawMessage {
	bare := *d.event
	bare.Detail = nil
	text, _ := strings.CutSuffix(string(bare.text()), `,"detail":null}`)
	return json.RawMessage(text + "}")
}

func quoted(text string) json.RawMessage { return encode(text) }

// fill replaces the placeholders of a template by their values.
func fill(template string, valueOf func(name string) (json.RawMessage, bool)) string {
	var filled strings.Builder
	inText := false
	for k := 0; k < len(template); k++ {
		switch {
		case template[k] == '\\' && k+1 < len(template):
			filled.WriteByte(template[k])
			k++
		case template[k] == '"':
			inText = !inText
		case template[k] == '<':
			if at := placeholder.FindStringIndex(template[k:]); at != nil && at[0] == 0 {
				if value, found := valueOf(template[k+1 : k+at[1]-1]); found {
					filled.WriteString(inserted(value, inText))
				}
				k += at[1] - 1
				continue
			}
		}
		filled.WriteByte(template[k])
	}
	return filled.String()
}

func inserted(value json.RawMessage, inText bool) string {
	text := string(value)
	if !inText {
		return text
	}
	if !strings.HasPrefix(text, `"`) {
		text = string(quoted(text))
	}
	return text[1 : len(text)-1]
}

// jsonPath is what paths may be here: names and array indices.
var jsonPath = regexp.MustCompile(`^\$(\.[A-Za-z0-9_/\-]+|\[[0-9]+\])*$`)

var pathStep = regexp.MustCompile(`\.([A-Za-z0-9_/\-]+)|\[([0-9]+)\]`)

// lookUp returns the part of a document that a path leads to.
func lookUp(document json.RawMessage, path string) (json.RawMessage, bool) {
	for _, step := range pathStep.FindAllStringSubmatch(path, -1) {
		if step[1] != "" {
			var object map[string]json.RawMessage
			if json.Unmarshal(document, &object) != nil {
				return nil, false
			}
			inner, found := object[step[1]]
			if !found {
				return nil, false
			}
			document = inner
			continue
		}
		var array []json.RawMessage
		at, err := strconv.Atoi(step[2])
		if err != nil || json.Unmarshal(document, &array) != nil || at >= len(array) {
			return nil, false
		}
		document = array[at]
	}
	return document, true
}

// checkInput checks what a target says about its input.
func checkInput(t types.Target) error {
	given := 0
	for _, is := range []bool{t.Input != nil, t.InputPath != nil, t.InputTransformer != nil} {
		if is {
			given++
		}
	}
	id := aws.ToString(t.Id)
	switch {
	case given > 1:
		return invalid("Only one of Input, InputPath, or InputTransformer must be provided for target %s.", id)
	case t.Input != nil && !json.Valid([]byte(*t.Input)):
		return invalid("JSON syntax error in input for target %s", id)
	case t.InputPath != nil:
		return checkPath(*t.InputPath)
	case t.InputTransformer != nil:
		return checkTransformer(id, t.InputTransformer)
	}
	return nil
}

func checkPath(path string) error {
	if !jsonPath.MatchString(path) {
		return wire.NotModelled("the JSON path %s: it models names and array indices, such as $.detail.name[0]", path)
	}
	return nil
}

// reserved are the variables that every template has.
var reserved = []string{"aws.events.rule-arn", "aws.events.rule-name", "aws.events.event.ingestion-time", "aws.events.event", "aws.events.event.json"}

func checkTransformer(id string, transformer *types.InputTransformer) error {
	if aws.ToString(transformer.InputTemplate) == "" {
		return invalid("1 validation error detected: Value null at 'targets.1.member.inputTransformer.inputTemplate' failed to satisfy " +
			"constraint: Member must not be null")
	}
	for _, path := range transformer.InputPathsMap {
		if err := checkPath(path); err != nil {
			return err
		}
	}
	for _, found := range placeholder.FindAllString(*transformer.InputTemplate, -1) {
		variable := found[1 : len(found)-1]
		if _, known := transformer.InputPathsMap[variable]; !known && !slices.Contains(reserved, variable) {
			return invalid("InputTemplate for target %s contains invalid placeholder %s.", id, variable)
		}
	}
	// A template is JSON, or texts one after the other.
	sample := fill(*transformer.InputTemplate, func(string) (json.RawMessage, bool) { return json.RawMessage("0"), true })
	decoder := json.NewDecoder(strings.NewReader(sample))
	for {
		var value any
		if err := decoder.Decode(&value); err == io.EOF {
			return nil
		} else if err != nil {
			return invalid("Invalid InputTemplate for target %s : %v", id, err)
		}
	}
}

package schemas_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// beyond are the rules that no schema of ours can say, as the decoder names them: what a zone's or a day's name means,
// and what two fields must be to each other.
var beyond = []string{
	"unknown time zone", "is not the same everywhere", "day out of range", "is never in force", "is not after from", "there is no $.drain.command", "there are no $.alarms", "s together, and may be", "which is named before", "makes no copy",
	"is the same as from", "as is that of",
	"are moved by $.traffic.strategy", "strategy \"dns\" moves records", "is the same as one before it",
}

// What a schema takes the decoder takes, but for those rules; what the decoder takes the schema takes.
func TestSchemaAndDecoderAgree(t *testing.T) {
	for path, decode := range decoders {
		schema := compiled(t, path)
		var document map[string]any
		if err := json.Unmarshal(read(t, path), &document); err != nil {
			t.Fatal(err)
		}
		taken, refused := 0, 0
		rapid.Check(t, func(t *rapid.T) {
			d := drawer{t, rapid.Bool().Draw(t, "with oddities")}
			text, err := json.Marshal(d.draw("$", document))
			if err != nil {
				t.Fatal(err)
			}
			bySchema, byDecoder := validate(schema, text), decode(text)
			if byDecoder == nil {
				taken++
			} else {
				refused++
			}
			switch {
			case byDecoder == nil && bySchema != nil:
				t.Errorf("the decoder takes %s, its schema does not: %v", text, bySchema)
			case byDecoder != nil && bySchema == nil && !slices.ContainsFunc(beyond, func(rule string) bool { return strings.Contains(byDecoder.Error(), rule) }):
				t.Errorf("the schema takes %s, its decoder does not: %v", text, byDecoder)
			}
		})
		if taken == 0 || refused == 0 {
			t.Errorf("%s: of what was drawn %d texts are right and %d wrong: that tells little", path, taken, refused)
		}
	}
}

// drawer draws what a schema describes; the odd one now and then something else.
type drawer struct {
	t   *rapid.T
	odd bool
}

// once in so many times, of the odd drawer.
func (d drawer) onceIn(n int, what string) bool {
	return d.odd && rapid.IntRange(1, n).Draw(d.t, what) == 1
}

func (d drawer) draw(path string, schema map[string]any) any {
	if path != "$" && d.onceIn(40, path+" odd") {
		return rapid.SampledFrom([]any{nil, true, "", "x", 0, -1, 0.5, json.Number("1e9"), []any{}, map[string]any{}}).Draw(d.t, path)
	}
	switch schema["type"] {
	case "object":
		return d.object(path, schema)
	case "array":
		list := []any{}
		least, most := int(schema["minItems"].(float64)), int(schema["maxItems"].(float64))
		for i := range rapid.IntRange(least, min(least+2, most)).Draw(d.t, path+" length") {
			list = append(list, d.draw(fmt.Sprintf("%s[%d]", path, i), schema["items"].(map[string]any)))
		}
		return list
	case "boolean":
		return rapid.Bool().Draw(d.t, path)
	case "integer":
		least, most := int(schema["minimum"].(float64)), int(schema["maximum"].(float64))
		n := rapid.OneOf(rapid.IntRange(least, most), rapid.SampledFrom([]int{least, most})).Draw(d.t, path)
		if rapid.IntRange(0, 9).Draw(d.t, path+" as a fraction") == 0 {
			return json.Number(fmt.Sprintf("%d.0", n))
		}
		return n
	}
	return d.text(path, schema)
}

func (d drawer) object(path string, schema map[string]any) any {
	object := make(map[string]any)
	required, _ := schema["required"].([]any)
	properties := schema["properties"].(map[string]any)
	for _, name := range slices.Sorted(maps.Keys(properties)) {
		given := rapid.Bool().Draw(d.t, path+"."+name+" given")
		if slices.Contains(required, any(name)) {
			given = !d.onceIn(50, path+"."+name+" missing")
		}
		if given {
			object[name] = d.draw(path+"."+name, properties[name].(map[string]any))
		}
	}
	if d.onceIn(50, path+" has more") {
		object["more"] = 1
	}
	return object
}

func (d drawer) text(path string, schema map[string]any) any {
	if strings.HasSuffix(path, ".time_zone") {
		return rapid.SampledFrom([]string{"Asia/Tokyo", "UTC", "America/New_York", "Europe/Berlin", "Asia/Tokio", "Local"}).Draw(d.t, path)
	}
	if choices, ok := schema["enum"].([]any); ok {
		return rapid.SampledFrom(choices).Draw(d.t, path)
	}
	length, ok := schema["maxLength"].(float64)
	if !ok {
		return rapid.StringMatching(strings.Trim(schema["pattern"].(string), "^$")).Draw(d.t, path)
	}
	runes := "aé本-*?"
	if d.onceIn(20, path+" is odd") {
		runes += "\x00\t\n\x1b\x7f\u0085\u009b\u2028\u202e\u2066\uffff\U0001f469\u200d"
	}
	least, most := int(schema["minLength"].(float64)), int(length)
	return rapid.OneOf(
		rapid.StringOfN(rapid.RuneFrom([]rune(runes)), least, min(most, least+10), -1),
		rapid.Just(strings.Repeat("é", most)),
	).Draw(d.t, path)
}

package schemas_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"bluegreen/internal/deploy"
	"bluegreen/internal/guardrails"
	"bluegreen/internal/schemas"
)

const (
	requestSchema = "pipeline/state_machine_input.schema.json"
	policySchema  = "layers/guardrails.schema.json"
)

// decoders are what the product itself makes of a text, by the schema that describes it.
var decoders = map[string]func([]byte) error{
	requestSchema: func(text []byte) error { _, err := deploy.ParseRequest(text); return err },
	policySchema:  func(text []byte) error { _, err := guardrails.Parse(text); return err },
}

func inTree(path string) string { return filepath.Join("..", "..", filepath.FromSlash(path)) }

func read(t *testing.T, path string) []byte {
	t.Helper()
	text, err := os.ReadFile(inTree(path))
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// compiled is a schema of the tree, found right against JSON Schema's own.
func compiled(t *testing.T, path string) *jsonschema.Schema {
	t.Helper()
	document, err := jsonschema.UnmarshalJSON(bytes.NewReader(read(t, path)))
	if err != nil {
		t.Fatal(err)
	}
	compiler := jsonschema.NewCompiler()
	if err := compiler.AddResource(path, document); err != nil {
		t.Fatal(err)
	}
	schema, err := compiler.Compile(path)
	if err != nil {
		t.Fatal(err)
	}
	return schema
}

// validate is what the schema says of a text.
func validate(schema *jsonschema.Schema, text []byte) error {
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		return err
	}
	return schema.Validate(value)
}

func TestTheTreeHoldsTheSchemas(t *testing.T) {
	for _, file := range schemas.Files {
		want, err := file.Make()
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(read(t, file.Path), want) {
			t.Errorf("%s is not what the fields say: run go generate ./internal/schemas", file.Path)
		}
	}
}

// What the tree holds for people to use is right, for the schema and for the decoder.
func TestTheTreesFiles(t *testing.T) {
	files := map[string][]string{
		requestSchema: {"pipeline/state_machine_input.json", "pipeline/examples/*.json"},
		policySchema:  {"layers/guardrails/guardrails.json", "layers/examples/*.json"},
	}
	for path, patterns := range files {
		schema := compiled(t, path)
		for _, pattern := range patterns {
			matches, err := filepath.Glob(inTree(pattern))
			if err != nil || len(matches) == 0 {
				t.Fatalf("no file is %s (%v)", pattern, err)
			}
			for _, match := range matches {
				text, err := os.ReadFile(match)
				if err != nil {
					t.Fatal(err)
				}
				if err := validate(schema, text); err != nil {
					t.Errorf("%s: its schema refuses it: %v", match, err)
				}
				if err := decoders[path](text); err != nil {
					t.Errorf("%s: %v", match, err)
				}
				points(t, match, text, path)
			}
		}
	}
}

// points holds a file's $schema, where it has one, to be the way from the file to its schema.
func points(t *testing.T, file string, text []byte, schema string) {
	t.Helper()
	var document struct {
		Schema string `json:"$schema"`
	}
	if err := json.Unmarshal(text, &document); err != nil {
		t.Fatal(err)
	}
	if document.Schema != "" && filepath.Join(filepath.Dir(file), filepath.FromSlash(document.Schema)) != inTree(schema) {
		t.Errorf("%s: $schema is %s, which is not the way to %s", file, document.Schema, schema)
	}
}

// The pipeline's input is what it always was.
func TestTheInputIsUnchanged(t *testing.T) {
	var got bytes.Buffer
	if err := json.Compact(&got, read(t, "pipeline/state_machine_input.json")); err != nil {
		t.Fatal(err)
	}
	if want := `{"project":"ec","blue":{"asg_name":"ec-mqagt-dev-asg"},"Wait":30}`; got.String() != want {
		t.Errorf("got %s, want %s", got.String(), want)
	}
}

// What is wrong is refused by both: an editor shows what the deployment would say.
func TestBothRefuse(t *testing.T) {
	corpus := map[string][]string{
		requestSchema: {
			`[]`, `"ec"`, `{}`, `{"project": "ec"}`, `{"project": "ec", "blue": {}}`, `{"project": "", "blue": {"asg_name": "a"}}`,
			`{"project": "ec", "blue": "a"}`, `{"project": "ec", "blue": {"asg_name": 7}}`,
			`{"project": "ec", "blue": {"asg_name": "a", "name": "b"}}`, `{"project": "ec", "blue": {"asg_name": "a"}, "wait": 30}`,
			`{"project": "ec", "blue": {"asg_name": "a"}, "Wait": 0}`, `{"project": "ec", "blue": {"asg_name": "a"}, "Wait": 301}`,
			`{"project": "ec", "blue": {"asg_name": "a"}, "Wait": 0.5}`, `{"project": "ec", "blue": {"asg_name": "a"}, "Wait": "30"}`,
			`{"project": "ec", "blue": {"asg_name": "a"}, "Wait": null}`, `{"project": "ec", "blue": {"asg_name": "a"}, "Wait": 1e400}`,
			`{"project": "ec", "blue": {"asg_name": "a"}, "action": "Deploy"}`,
			`{"project": "ec", "blue": {"asg_name": "a"}, "traffic": {"strategy": ""}}`,
			`{"project": "ec", "blue": {"asg_name": "a"}, "health": {"consecutive": 21}}`,
			`{"project": "ec", "blue": {"asg_name": "a"}, "drain": {"command": []}}`,
			`{"project": "ec", "blue": {"asg_name": "a"}, "drain": {"command": "shutdown"}}`,
			`{"project": "ec", "blue": {"asg_name": "a"}, "drain": {"command": [""]}}`,
			`{"project": "ec", "blue": {"asg_name": "a"}, "drain": {"on_timeout": "continue"}}`,
			`{"project": "ec", "blue": {"asg_name": "a"}, "override_freeze": {"by": "me", "reason": "now"}}`,
			`{"project": "ec", "blue": {"asg_name": "a"}, "override_freeze": {"by": "me", "reason": "now", "until": "tomorrow"}}`,
			`{"project": "ec", "blue": {"asg_name": "a"}, "override_freeze": {"by": "me", "reason": "now", "until": "2026-12-30T06:00:00"}}`,
			`{"project": "ec", "blue": {"asg_name": "a"}, "$schema": 1}`,
			`{"project": "a\nb", "blue": {"asg_name": "a"}}`, `{"project": "a\u0000", "blue": {"asg_name": "a"}}`, `{"project": "\u001b[31m", "blue": {"asg_name": "a"}}`,
			`{"project": "a\u0085b", "blue": {"asg_name": "a"}}`, `{"project": "a\u2028b", "blue": {"asg_name": "a"}}`, `{"project": "a\u202eb", "blue": {"asg_name": "a"}}`,
			`{"project": "a\u2069b", "blue": {"asg_name": "a"}}`, `{"project": "a\uffffb", "blue": {"asg_name": "a"}}`, `{"project": "a\tb", "blue": {"asg_name": "a"}}`,
			`{"project": "ec", "blue": {"asg_name": "a b"}}`, `{"project": "ec", "blue": {"asg_name": "a:b"}}`, `{"project": "ec", "blue": {"asg_name": "é"}}`,
			`{"project": "ec", "blue": {"asg_name": "a\n"}}`, `{"project": "ec", "blue": {"asg_name": ""}}`, `{"project": "ec", "blue": {"asg_name": "` + strings.Repeat("a", 256) + `"}}`,
			`{"project": "ec", "blue": {"asg_name": "a"}, "drain": {"command": ["a"], "hook": "a\nb"}}`,
			`{"project": "ec", "blue": {"asg_name": "a"}, "drain": {"command": ["a\nb"]}}`, `{"project": "ec", "blue": {"asg_name": "a"}, "drain": {"command": ["a\u0000"]}}`,
			`{"project": "ec", "blue": {"asg_name": "a"}, "drain": {"command": ["a\r"]}}`, `{"project": "ec", "blue": {"asg_name": "a"}, "drain": {"command": ["a\u202e"]}}`,
			`{"project": "ec", "blue": {"asg_name": "a"}, "override_freeze": {"by": "me\n", "reason": "now", "until": "2026-12-30T06:00:00Z"}}`,
			`{"project": "ec", "blue": {"asg_name": "a"}, "override_freeze": {"by": "me", "reason": "now\u001b", "until": "2026-12-30T06:00:00Z"}}`,
			`{"project": "` + strings.Repeat("é", 129) + `", "blue": {"asg_name": "a"}}`,
		},
		policySchema: {
			`null`, `{"group": ["*"]}`, `{"groups": []}`, `{"groups": "*"}`, `{"groups": [""]}`, `{"actions": ["recover"]}`,
			`{"strategies": []}`, `{"fleet": {"most_instances": 0}}`, `{"health": {"least_consecutive": 21}}`,
			`{"drain": {"most_timeout_seconds": 10}}`, `{"freezes": {}}`, `{"freezes": [{}]}`,
			`{"freezes": [{"name": "n", "time_zone": "../Tokyo", "weekly": [{"from": "Friday 17:00", "to": "Monday 08:00"}]}]}`,
			`{"freezes": [{"name": "n", "time_zone": "UTC", "weekly": [{"from": "Fri 17:00", "to": "Monday 08:00"}]}]}`,
			`{"freezes": [{"name": "n", "time_zone": "UTC", "weekly": [{"from": "Friday 24:00", "to": "Monday 08:00"}]}]}`,
			`{"freezes": [{"name": "n", "time_zone": "UTC", "weekly": []}]}`, `{"groups": ["a\nb"]}`,
			`{"freezes": [{"name": "n\u001b", "time_zone": "UTC", "weekly": [{"from": "Friday 17:00", "to": "Monday 08:00"}]}]}`,
			`{"freezes": [{"name": "n", "why": "a\nb", "time_zone": "UTC", "weekly": [{"from": "Friday 17:00", "to": "Monday 08:00"}]}]}`,
			`{"freezes": [{"name": "n", "time_zone": "UTC", "once": [{"from": "2026-12-28", "to": "2027-01-04 09:00"}]}]}`,
			`{"freezes": [{"name": "n", "time_zone": "UTC", "once": [{"from": "2026-13-28 10:00", "to": "2027-01-04 09:00"}]}]}`,
			`{"freezes": [{"name": "n", "time_zone": "UTC", "once": [{"from": "2026-12-28 10:00"}]}]}`,
			`{"freezes": [{"name": "n", "time_zone": "UTC", "override": "never", "weekly": [{"from": "Friday 17:00", "to": "Monday 08:00"}]}]}`,
		},
	}
	for path, texts := range corpus {
		schema := compiled(t, path)
		for _, text := range texts {
			if validate(schema, []byte(text)) == nil {
				t.Errorf("%s takes %s", path, text)
			}
			if decoders[path]([]byte(text)) == nil {
				t.Errorf("the decoder of %s takes %s", path, text)
			}
		}
	}
}

// What may look odd, and is right, is taken by both.
func TestBothTake(t *testing.T) {
	schema := compiled(t, requestSchema)
	for _, text := range []string{
		`{"project": "日本語の fleet 👩‍🚀 \u200f", "blue": {"asg_name": "a"}}`,
		"{\"project\": \"ec\", \"blue\": {\"asg_name\": \";$(id)'\\\"\\\\`!#%&()*+,-./<=>?@[]^_{|}~\"}}",
		`{"project": "ec", "blue": {"asg_name": "` + strings.Repeat("a", 255) + `"}}`,
		`{"project": "ec", "blue": {"asg_name": "a"}, "drain": {"command": ["if true; then", "\techo 'a\tb' 本", "fi"]}}`,
	} {
		if err := validate(schema, []byte(text)); err != nil {
			t.Errorf("the schema refuses %s: %v", text, err)
		}
		if err := decoders[requestSchema]([]byte(text)); err != nil {
			t.Errorf("the decoder refuses %s: %v", text, err)
		}
	}
}

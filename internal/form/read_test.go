package form_test

import (
	"fmt"
	"runtime"
	"slices"
	"strings"
	"testing"

	"bluegreen/internal/form"
)

// order is something that a person might write.
type order struct {
	name   string
	count  int
	size   string
	notes  []string
	script string
	days   []day
}

type day struct{ name string }

func (o *order) form() form.Object {
	return form.Object{
		form.Required("name", "", form.Text{Into: &o.name, Min: 1, Max: 4}),
		form.Optional("script", "", form.Text{Into: &o.script, Min: 1, Max: 9, Tabs: true}),
		form.Optional("count", "", form.Whole{Into: &o.count, Min: 1, Max: 9, Unit: "things"}),
		form.Optional("size", "", form.OneOf[string]{Into: &o.size, Choices: []string{"s", "m"}}),
		form.Optional("notes", "", form.List[string]{Into: &o.notes, Min: 1, Max: 2, Item: func(s *string) form.Form { return form.Text{Into: s, Min: 1, Max: 3} }}),
		form.Optional("days", "", form.List[day]{Into: &o.days, Max: 2, Item: func(d *day) form.Form {
			return form.Object{form.Required("name", "", form.Text{Into: &d.name, Min: 1, Max: 9})}
		}}),
	}
}

func TestReadKeepsWhatIsNotGiven(t *testing.T) {
	o := order{count: 2, size: "m", notes: []string{"default"}}
	if problems := form.Read([]byte(`{"name": "本本本本", "notes": ["a"], "days": [{"name": "x"}, {"name": "y"}]}`), o.form()); problems.Count() > 0 {
		t.Fatal(problems.Said())
	}
	if o.name != "本本本本" || o.count != 2 || o.size != "m" || !slices.Equal(o.notes, []string{"a"}) || len(o.days) != 2 || o.days[1].name != "y" {
		t.Errorf("got %+v", o)
	}
}

func TestReadNamesEveryProblem(t *testing.T) {
	const someOrder = "it must be an object"
	tests := []struct {
		text string
		want []string
	}{
		{`{"name": "a", "count": 3.0}`, nil},
		{``, []string{"$ is not JSON (unexpected EOF): " + someOrder}},
		{"\ufeff" + `{"name": "a"}`, []string{"$ begins with a byte-order mark (U+FEFF): save it as UTF-8 without one"}},
		{"\xff\xfe{\x00}\x00", []string{"$ is UTF-16: save it as UTF-8, without a byte-order mark"}},
		{`{"name": "a"`, []string{"$ is not JSON (unexpected EOF): " + someOrder}},
		{`{"name": "a"} {}`, []string{"$ is not JSON (something follows its end): " + someOrder}},
		{strings.Repeat(`[`, 20_000), []string{"$ is not JSON (it is nested more than 32 deep): " + someOrder}},
		{"{\"name\": \"a\xff\"}", []string{"$ is not JSON (its byte 12 is not UTF-8): " + someOrder}},
		{`{"name": "a", "count": 1e999999}`, []string{"$.count is 1e999999: it must be a whole number of things from 1 to 9"}},
		{`{"name": "a", "count": -` + strings.Repeat("9", 30_000) + `}`, []string{"$.count is -" + strings.Repeat("9", 39) + "…: it must be a whole number of things from 1 to 9"}},
		{`{"name": "a", "` + strings.Repeat("é", 100) + `": 1}`, []string{`$["` + strings.Repeat("é", 30) + `…"] is not a known field (known: name, script, count, size, notes, days)`}},
		{`{"name": "a", "a.b\n\u001b\u202e\"": 1}`, []string{`$["a.b\n\x1b\u202e\""] is not a known field (known: name, script, count, size, notes, days)`}},
		{`{"name": "a", "size": "\u001b[2J\u0085\u202e"}`, []string{`$.size is "\u001b[2J \u202e": it must be "s" or "m"`}},
		{`{"name": "a\nb"}`, []string{"$.name has a line break (U+000A) as its character 2: it must be one line without control characters"}},
		{`{"name": "本\u001b"}`, []string{"$.name has a control character (U+001B) as its character 2: it must be one line without control characters"}},
		{`{"name": "\u202ea"}`, []string{"$.name has a mark that turns the direction of text (U+202E) as its character 1: it must be one line without control characters"}},
		{`{"name": "a", "notes": ["\t"]}`, []string{"$.notes[0] has a tab (U+0009) as its character 1: it must be one line without control characters"}},
		{`{"name": "a", "script": "\ta\u2028"}`, []string{"$.script has a line break (U+2028) as its character 3: it must be one line without control characters"}},
		{`{"name": "a", "script": "\ta"}`, nil},
		{`{"name": "a", "name": "b"}`, []string{"$.name is given twice: it must be given once"}},
		{`{"name": "a", "days": [{"name": "a"}, {"name": "b", "name": "c"}]}`, []string{"$.days[1].name is given twice: it must be given once"}},
		{`{"nam": "abcde", "count": 10, "size": "S", "notes": ["abcd", 1], "days": [{}]}`, []string{
			"$.name is missing: it must be a string of 1 to 4 characters",
			"$.count is 10: it must be a whole number of things from 1 to 9",
			`$.size is "S": it must be "s" or "m"`,
			`$.notes[0] is "abcd": it must be a string of 1 to 3 characters`,
			"$.notes[1] is 1: it must be a string of 1 to 3 characters",
			"$.days[0].name is missing: it must be a string of 1 to 9 characters",
			`$.nam is not a known field: did you mean "name"? (known: name, script, count, size, notes, days)`,
		}},
		{`{"name": "a", "notes": ["a", "b", "c"], "days": 1}`, []string{
			`$.notes is ["a","b","c"]: it must be a list of 1 to 2, each a string of 1 to 3 characters`,
			"$.days is 1: it must be a list of 0 to 2, each an object",
		}},
	}
	for _, test := range tests {
		var o order
		if got := form.Read([]byte(test.text), o.form()).Said(); !slices.Equal(got, test.want) {
			t.Errorf("%.200s:\n  got  %q\n  want %q", test.text, got, test.want)
		}
	}
}

// A text of 32 KiB is read, a larger one is not; an endless one is not read to its end.
func TestSize(t *testing.T) {
	const around = `{"name": "a"}`
	fits := around + strings.Repeat(" ", form.MostBytes-len(around))
	for text, want := range map[string][]string{
		fits:       nil,
		fits + " ": {"$ is larger than 32768 bytes (32 KiB): it must be smaller"},
	} {
		var o order
		if got := form.Read([]byte(text), o.form()).Said(); !slices.Equal(got, want) {
			t.Errorf("%d bytes: %q", len(text), got)
		}
	}
	text, err := form.Load(endless{})
	if err != nil || len(text) != form.MostBytes+1 {
		t.Errorf("%d bytes, %v", len(text), err)
	}
}

type endless struct{}

func (endless) Read(p []byte) (int, error) { return len(p), nil }

// What is wrong is told in few words and with few bytes, however much of it there is.
func TestManyProblems(t *testing.T) {
	long := strings.Repeat("n", 12_000)
	nested := func(depth int) string {
		return strings.Repeat(`{"`+strings.Repeat("d", 60)+`": `, depth-1) + `{"a": 1, "a": 1}` + strings.Repeat("}", depth-1)
	}
	for name, c := range map[string]struct {
		text      string
		count     int
		first     string
		last      string
		mostBytes int
	}{
		"given twice below a long name": {
			`{"name": "a", "` + long + `": {` + strings.Repeat(`"a":1,`, 3000) + `"b":1}}`, 3000,
			`$["` + strings.Repeat("n", 61) + `…"].a is given twice: it must be given once`, "and 2980 more", 3000,
		},
		"unknown":  {`{"name": "a"` + manyMembers(3000) + `}`, 3000, `$.m0 is not a known field (known: name, `, "and 2980 more", 3000},
		"deepest":  {nested(31), 3, "$." + strings.Repeat("d", 60) + "." + strings.Repeat("d", 60) + ".", "$.name is missing", 1200},
		"deeper":   {nested(32), 1, "$ is not JSON (it is nested more than 32 deep)", "$ is not JSON", 200},
		"in items": {`{"name": "a", "notes": [` + strings.Repeat(`[[[[1]]]],`, 2000) + `1]}`, 1, "$.notes is [[[[[1]]]]", "$.notes is ", 200},
	} {
		var o order
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		problems := form.Read([]byte(c.text), o.form())
		runtime.ReadMemStats(&after)
		said := problems.Said()
		if len(said) == 0 || problems.Count() != c.count || !strings.HasPrefix(said[0], c.first) || len(strings.Join(said, "; ")) > c.mostBytes ||
			!slices.ContainsFunc(said, func(s string) bool { return strings.HasPrefix(s, c.last) }) {
			t.Errorf("%s: %d problems, said in %d bytes: %.400q", name, problems.Count(), len(strings.Join(said, "; ")), said)
		}
		if bytes := after.TotalAlloc - before.TotalAlloc; bytes > 4<<20 {
			t.Errorf("%s: it takes %d bytes of memory", name, bytes)
		}
	}
}

func manyMembers(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, `,"m%x":1`, i)
	}
	return b.String()
}

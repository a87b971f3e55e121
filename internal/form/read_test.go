package form_test

import (
	"slices"
	"strings"
	"testing"

	"bluegreen/internal/form"
)

// order is something that a person might write.
type order struct {
	name  string
	count int
	size  string
	notes []string
	days  []day
}

type day struct{ name string }

func (o *order) form() form.Object {
	return form.Object{
		form.Required("name", "", form.Text{Into: &o.name, Min: 1, Max: 4}),
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
	if problems := form.Read([]byte(`{"name": "本本本本", "notes": ["a"], "days": [{"name": "x"}, {"name": "y"}]}`), o.form()); problems != nil {
		t.Fatal(problems)
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
		{`{"name": "a"`, []string{"$ is not JSON (unexpected EOF): " + someOrder}},
		{`{"name": "a"} {}`, []string{"$ is not JSON (something follows its end): " + someOrder}},
		{strings.Repeat(`[`, 200_000), []string{"$ is not JSON (it is nested more than 32 deep): " + someOrder}},
		{`{"name": "a", "name": "b"}`, []string{"$.name is given twice: it must be given once"}},
		{`{"name": "a", "days": [{"name": "a"}, {"name": "b", "name": "c"}]}`, []string{"$.days[1].name is given twice: it must be given once"}},
		{`{"nam": "abcde", "count": 10, "size": "S", "notes": ["abcd", 1], "days": [{}]}`, []string{
			"$.name is missing: it must be a string of 1 to 4 characters",
			"$.count is 10: it must be a whole number of things from 1 to 9",
			`$.size is "S": it must be "s" or "m"`,
			`$.notes[0] is "abcd": it must be a string of 1 to 3 characters`,
			"$.notes[1] is 1: it must be a string of 1 to 3 characters",
			"$.days[0].name is missing: it must be a string of 1 to 9 characters",
			`$.nam is not a known field: did you mean "name"? (known: name, count, size, notes, days)`,
		}},
		{`{"name": "a", "notes": ["a", "b", "c"], "days": 1}`, []string{
			`$.notes is ["a","b","c"]: it must be a list of 1 to 2, each a string of 1 to 3 characters`,
			"$.days is 1: it must be a list of 0 to 2, each an object",
		}},
	}
	for _, test := range tests {
		var o order
		if got := form.Read([]byte(test.text), o.form()); !slices.Equal(got, test.want) {
			t.Errorf("%.200s:\n  got  %q\n  want %q", test.text, got, test.want)
		}
	}
}

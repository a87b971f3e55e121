package clone

import (
	"cmp"
	"reflect"
	"regexp"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"

	"bluegreen/internal/deploy"
)

// rewriting is how what points at blue becomes what points at green.
type rewriting struct {
	blue, green  string            // names of the groups
	targetGroups map[string]string // targetgroup/<name>/<id> of blue's that green has others in place of
	balancer     string            // app/<name>/<id> of their load balancer in place of any; empty: it is the same
}

// rewritten is how a whole's settings read in green's terms. Those of green itself stay.
func rewritten(w Whole, d deploy.Deployment) rewriting {
	if aws.ToString(w.Group.AutoScalingGroupName) != d.Blue {
		return rewriting{}
	}
	return rewriting{blue: d.Blue, green: d.Green}
}

// onto copies what a description has into an input, member by member of the same name and type, and rewrites it. Empty lists
// are left out: AWS shows some where it takes none.
func (r rewriting) onto(input, described any) {
	from, to := reflect.ValueOf(described), reflect.ValueOf(input).Elem()
	for i := range to.NumField() {
		field := to.Type().Field(i)
		value := from.FieldByName(field.Name)
		if !field.IsExported() || !value.IsValid() || value.Type() != field.Type || value.Kind() == reflect.Slice && value.Len() == 0 {
			continue
		}
		to.Field(i).Set(r.value(value))
	}
}

// value is a copy of a value with every dimension, resource label and expression in it rewritten.
func (r rewriting) value(v reflect.Value) reflect.Value {
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		if v.IsNil() {
			return v
		}
		inner := r.value(v.Elem())
		if v.Kind() == reflect.Interface {
			return inner
		}
		made := reflect.New(v.Type().Elem())
		made.Elem().Set(inner)
		return made
	case reflect.Slice:
		if v.IsNil() {
			return v
		}
		made := reflect.MakeSlice(v.Type(), v.Len(), v.Len())
		for i := range v.Len() {
			made.Index(i).Set(r.value(v.Index(i)))
		}
		return made
	case reflect.Struct:
		return r.members(v)
	}
	return v
}

// members are a struct's, each copied: those that may name blue by the rule of their kind.
func (r rewriting) members(v reflect.Value) reflect.Value {
	made := reflect.New(v.Type()).Elem()
	made.Set(v)
	for i := range v.NumField() {
		field := v.Type().Field(i)
		if !field.IsExported() {
			continue
		}
		text, isText := v.Field(i).Interface().(*string)
		rule := map[string]func(string) string{"ResourceLabel": r.label, "Expression": r.expression, "Query": r.expression}[field.Name]
		if name, ok := textOf(v, "Name"); ok && field.Name == "Value" {
			rule = func(value string) string { return r.dimension(name, value) }
		}
		if isText && text != nil && rule != nil {
			made.Field(i).Set(reflect.ValueOf(aws.String(rule(*text))))
		} else {
			made.Field(i).Set(r.value(v.Field(i)))
		}
	}
	return made
}

// textOf is a text that a struct has as its member.
func textOf(v reflect.Value, member string) (string, bool) {
	field := v.FieldByName(member)
	if !field.IsValid() {
		return "", false
	}
	text, ok := field.Interface().(*string)
	return aws.ToString(text), ok
}

// groupDimension is the dimension that names a group.
const groupDimension = "AutoScalingGroupName"

func (r rewriting) dimension(name, value string) string {
	switch {
	case name == groupDimension && value == r.blue && r.blue != "":
		return r.green
	case name == "TargetGroup":
		return r.targetGroup(value)
	}
	return value
}

func (r rewriting) targetGroup(of string) string {
	if other, ok := r.targetGroups[of]; ok {
		return other
	}
	return of
}

// label rewrites app/<load balancer>/<id>/targetgroup/<name>/<id>.
func (r rewriting) label(label string) string {
	balancer, target, ok := strings.Cut(label, "/targetgroup/")
	if !ok {
		return label
	}
	balancer = cmp.Or(r.balancer, balancer)
	return balancer + "/" + r.targetGroup("targetgroup/"+target)
}

var sql = regexp.MustCompile(`(?i)^\s*select\s`)

// expression rewrites metric math, a search, Metrics Insights or PromQL where it names blue exactly. A search for words, or for
// the beginning of a name, that finds blue finds green too where green's name begins with blue's: it stays.
func (r rewriting) expression(text string) string {
	if r.blue == "" {
		return text
	}
	exact := `"|`
	if sql.MatchString(text) {
		exact = `"|'`
	}
	var made strings.Builder
	for {
		at := strings.Index(text, r.blue)
		if at < 0 {
			return made.String() + text
		}
		before, after := last(made.String()+text[:at]), first(text[at+len(r.blue):])
		quoted := before != "" && strings.Contains(exact, before) || after != "" && strings.Contains(exact, after)
		finds := !quoted && strings.HasPrefix(r.green, r.blue)
		made.WriteString(text[:at])
		if partOfName(before) || partOfName(after) || finds {
			made.WriteString(r.blue)
		} else {
			made.WriteString(r.green)
		}
		text = text[at+len(r.blue):]
	}
}

func first(text string) string { return text[:min(1, len(text))] }

func last(text string) string { return text[max(0, len(text)-1):] }

// partOfName reports whether a name goes on with a character, so that it is another name.
func partOfName(character string) bool {
	return character != "" && (strings.ContainsAny(character, "-_./*+") || alphanumeric(character))
}

func alphanumeric(character string) bool {
	return character != "" && (character[0] >= '0' && character[0] <= '9' || character[0]|0x20 >= 'a' && character[0]|0x20 <= 'z' || character[0] >= 0x80)
}

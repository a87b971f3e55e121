package alike

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
)

// names makes what is shown of a group comparable.
type names struct {
	group string
	shown Shown
}

var (
	ids        = regexp.MustCompile(`(scalingPolicy|scheduledUpdateGroupAction|autoScalingGroup):[0-9a-f-]+:`)
	generation = regexp.MustCompile(`-v[0-9]{3,}$`)

	// naming are the places that name the group. All other texts are people's own: a copy has them as they are.
	naming = regexp.MustCompile(`( AutoScalingGroupName| ResourceId| Expression| Query| Dimensions AutoScalingGroupName Value| aws:autoscaling:groupName Value)$`)
)

// generic is a text with the group's own name, and the ids that AWS gives, taken out.
func (n names) generic(place, text string) string {
	switch {
	case strings.Contains(text, ":autoScalingGroupName/"):
		text = ids.ReplaceAllString(text, "$1:<id>:")
		return n.replaced(text, `[:/]`, `:`)
	case naming.MatchString(place):
		return n.replaced(text, `[^A-Za-z0-9-]`, `[^A-Za-z0-9-]`)
	}
	return text
}

// replaced is a text with <group> for the group's name, wherever that stands between such characters.
func (n names) replaced(text, before, after string) string {
	own := regexp.MustCompile(`(^|` + before + `)` + regexp.QuoteMeta(n.group) + `($|` + after + `)`)
	for own.MatchString(text) { // matches that share a separator
		text = own.ReplaceAllString(text, "${1}<group>${2}")
	}
	return text
}

// alarm is how a group calls an alarm: its copy's is named by the lineage's rule, after the group or by number.
func (n names) alarm(name string) string {
	if own := n.replaced(name, `[^A-Za-z0-9]`, `[^A-Za-z0-9]`); own != name {
		return own
	}
	return generation.ReplaceAllString(name, "")
}

// add shows a part of an answer.
func (n *names) add(place string, answer any) {
	if n.shown == nil {
		n.shown = make(Shown)
	}
	encoded, err := json.Marshal(answer)
	if err != nil {
		panic(err) // an SDK's answer is plain data
	}
	var plain any
	if err := json.Unmarshal(encoded, &plain); err != nil {
		panic(err)
	}
	n.flatten(place, plain)
}

func (n *names) flatten(place string, value any) {
	switch v := value.(type) {
	case nil:
	case map[string]any:
		for key, member := range v {
			if key != "ResultMetadata" {
				n.flatten(place+" "+key, member)
			}
		}
	case []any:
		for i, element := range v {
			n.flatten(place+" "+n.identity(place, i, element), element)
		}
	case string:
		if v != "" {
			n.shown[place] = n.generic(place, v)
		}
	default:
		n.shown[place] = fmt.Sprint(v)
	}
}

// ordered are the lists of texts whose order counts.
var ordered = regexp.MustCompile(` TerminationPolicies$`)

// identity names an element of a list: by its name where it has one, by itself where it is a text.
func (n *names) identity(place string, i int, element any) string {
	switch v := element.(type) {
	case string:
		if !ordered.MatchString(place) {
			return n.generic(place, v)
		}
	case map[string]any:
		for _, key := range []string{"Key", "Name", "Metric", "ProcessName", "Id", "DeviceName", "Identifier"} {
			if name, ok := v[key].(string); ok {
				return name
			}
		}
	}
	return fmt.Sprint(i)
}

// rename shows a place under a name of its own.
func (n *names) rename(place, as string) {
	if text, ok := n.shown[place]; ok {
		delete(n.shown, place)
		n.shown[as] = text
	}
}

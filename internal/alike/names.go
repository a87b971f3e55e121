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
	policyID   = regexp.MustCompile(`scalingPolicy:[0-9a-f-]+:`)
	actionID   = regexp.MustCompile(`scheduledUpdateGroupAction:[0-9a-f-]+:`)
	groupID    = regexp.MustCompile(`autoScalingGroup:[0-9a-f-]+:`)
	generation = regexp.MustCompile(`-v[0-9]{3,}$`)
)

// generic is a text with the group's own name, and the ids that AWS gives, taken out.
func (n names) generic(text string) string {
	own := regexp.MustCompile(`(^|[^A-Za-z0-9-])` + regexp.QuoteMeta(n.group) + `($|[^A-Za-z0-9-])`)
	for own.MatchString(text) { // matches that share a separator
		text = own.ReplaceAllString(text, "${1}<group>${2}")
	}
	if strings.HasPrefix(text, n.group+"-") && !generation.MatchString(text) { // an alarm's name that begins with the group's
		text = "<group>" + strings.TrimPrefix(text, n.group)
	}
	text = policyID.ReplaceAllString(text, "scalingPolicy:<id>:")
	text = actionID.ReplaceAllString(text, "scheduledUpdateGroupAction:<id>:")
	return groupID.ReplaceAllString(text, "autoScalingGroup:<id>:")
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
			n.flatten(place+" "+n.identity(i, element), element)
		}
	case string:
		if v != "" {
			n.shown[place] = n.generic(v)
		}
	default:
		n.shown[place] = fmt.Sprint(v)
	}
}

// identity is how an element of a list is told from others: by its name where it has one, by itself where it is a text.
func (n *names) identity(i int, element any) string {
	switch v := element.(type) {
	case string:
		return n.generic(v)
	case map[string]any:
		for _, key := range []string{"Key", "Name", "Metric", "ProcessName", "Id", "DeviceName", "Identifier"} {
			if name, ok := v[key].(string); ok {
				return n.generic(name)
			}
		}
	}
	return fmt.Sprint(i)
}

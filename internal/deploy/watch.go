package deploy

import (
	"time"

	"bluegreen/internal/form"
)

// Watch is by what a deployment is called off while traffic moves and after it has moved.
type Watch struct {
	BakeSeconds int     `json:"bake_seconds,omitempty"` // for which blue stands by once all traffic has moved
	Alarms      []Alarm `json:"alarms,omitempty"`       // of CloudWatch, that send the deployment back
}

// Alarm is a CloudWatch alarm, a composite one too, of the account and Region.
type Alarm struct {
	Name string     `json:"name"`
	Rang *time.Time `json:"rang,omitempty"` // when it began to ring before the deployment, which the request ignores; nil: it did not
}

// Names are those of the alarms.
func (w Watch) Names() []string {
	var names []string
	for _, alarm := range w.Alarms {
		names = append(names, alarm.Name)
	}
	return names
}

// Bake is how long blue stands by once all traffic has moved.
func (w Watch) Bake() time.Duration { return time.Duration(w.BakeSeconds) * time.Second }

// Ringing is what an alarm means that rings before the deployment begins.
type Ringing string

// What it can mean.
const (
	RingingRefuse Ringing = "refuse" // the deployment does not begin
	RingingIgnore Ringing = "ignore" // it begins, and heeds the alarm only when it rings again: it may be the cure
)

// Baking is the phase of SwitchTraffic in which all traffic has moved and blue stands by.
const Baking = "baking"

// The bounds of a watch.
const (
	mostBakeSeconds = 129_600
	mostAlarms      = 20
)

// watching are the fields of a request that say by what it is called off.
func (r *Request) watching() form.Object {
	return form.Object{
		form.Optional("bake_seconds", "How long blue stands by at its full size once all traffic has moved, so that traffic can come back to it.",
			form.Whole{Into: &r.BakeSeconds, Min: 0, Max: mostBakeSeconds, Unit: "seconds"}),
		form.Optional("alarms", "Names of CloudWatch alarms, composite ones too, that send the deployment back when they ring while traffic moves and while blue stands by. A rollback does not heed them.",
			form.List[string]{Into: &r.Alarms, Min: 1, Max: mostAlarms, Item: func(name *string) form.Form { return form.Text{Into: name, Min: 1, Max: 255} }}),
		form.Optional("alarms_ringing", "What an alarm means that rings before. refuse: the deployment does not begin. ignore: it begins, and heeds that alarm when it rings again.",
			form.OneOf[Ringing]{Into: &r.Ringing, Choices: []Ringing{RingingRefuse, RingingIgnore}}),
	}
}

// unwatched finds what is said of alarms where there are none, and an alarm that is named twice.
func (r *Request) unwatched(problems *form.Problems) {
	if len(r.Alarms) == 0 && r.Ringing != RingingRefuse {
		problems.Add("$.alarms_ringing says what an alarm means that rings before, and there are no $.alarms: name them, or leave alarms_ringing out")
	}
	seen := make(map[string]bool)
	for i, name := range r.Alarms {
		if seen[name] {
			problems.Add("$.alarms[%d] is %q, which is named before: name each once", i, name)
		}
		seen[name] = true
	}
}

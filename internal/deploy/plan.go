package deploy

// Plan is what a deployment would do if it began now, for a person to decide on.
type Plan struct {
	Begins     bool           `json:"begins"`          // it could begin now
	Error      string         `json:"error,omitempty"` // with which it would end Rejected
	What       string         `json:"what"`            // one sentence
	Project    string         `json:"project,omitempty"`
	Action     Action         `json:"action,omitempty"`
	Lineage    string         `json:"lineage,omitempty"`
	Blue       string         `json:"blue,omitempty"`
	Green      string         `json:"green,omitempty"`
	Strategy   Strategy       `json:"strategy,omitempty"`
	Findings   []string       `json:"findings,omitempty"` // what stands in the way, each with what to do
	Warnings   []string       `json:"warnings,omitempty"`
	Guardrails string         `json:"guardrails,omitempty"` // what they say
	Things     []Planned      `json:"things,omitempty"`
	Stages     []PlannedStage `json:"stages,omitempty"`
	Cost       *PlannedCost   `json:"cost,omitempty"`
}

// Effect is what becomes of a thing.
type Effect string

// The effects.
const (
	EffectCreate Effect = "create"
	EffectChange Effect = "change"
	EffectRemove Effect = "remove"
)

// Planned is a thing that the deployment creates, changes or removes.
type Planned struct {
	Effect Effect         `json:"effect"`
	Kind   string         `json:"kind"` // group, alarm, …
	Name   string         `json:"name"`
	About  string         `json:"about,omitempty"` // in a few words
	Fields []PlannedField `json:"fields,omitempty"`
	Kept   []string       `json:"kept,omitempty"` // names of what is as it is on blue
}

// PlannedField is a value that will be another one than it is on blue now.
type PlannedField struct {
	Effect  Effect `json:"effect"`
	Name    string `json:"name"`
	Was     string `json:"was,omitempty"`     // empty: there is none
	Becomes string `json:"becomes,omitempty"` // the same
}

// Field is a value that becomes another one.
func Field(name, was, becomes string) PlannedField {
	f := PlannedField{Effect: EffectChange, Name: name, Was: was, Becomes: becomes}
	switch {
	case was == "":
		f.Effect = EffectCreate
	case becomes == "":
		f.Effect = EffectRemove
	}
	return f
}

// PlannedStage is how long a part of the deployment takes.
type PlannedStage struct {
	Name     string `json:"name"`
	Expected int    `json:"expected_seconds"`
	Worst    int    `json:"worst_seconds"` // after which it turns back, or goes on without
	Why      string `json:"why"`           // where both come from
}

// PlannedCost is what it takes to run both fleets at once.
type PlannedCost struct {
	Instances     int     `json:"instances"` // that run besides blue's
	Type          string  `json:"type,omitempty"`
	ExpectedHours float64 `json:"expected_instance_hours"`
	WorstHours    float64 `json:"worst_instance_hours"`

	// Load balancers that are made for green run beside blue's, for as long as that stays.
	Balancers             int     `json:"load_balancers,omitempty"`
	ExpectedBalancerHours float64 `json:"expected_load_balancer_hours,omitempty"` // until blue is empty
	WorstBalancerHours    float64 `json:"worst_load_balancer_hours,omitempty"`
}

// Counts are how many things a plan creates, changes and removes, and how many values it keeps.
func (p Plan) Counts() (created, changed, removed, kept int) {
	for _, thing := range p.Things {
		switch thing.Effect {
		case EffectCreate:
			created++
		case EffectChange:
			changed++
		case EffectRemove:
			removed++
		}
		kept += len(thing.Kept)
	}
	return created, changed, removed, kept
}

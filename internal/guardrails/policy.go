// Package guardrails is the operators' policy: which fleets may be deployed, within which limits, and when not. It is
// data that reaches the functions as a layer, so that it changes without touching code. It decides; it reads no file.
package guardrails

import (
	"fmt"
	"regexp"
	"strings"
	"time"

	"bluegreen/internal/deploy"
	"bluegreen/internal/fault"
	"bluegreen/internal/form"
)

// Policy is what the operators allow. The zero Policy allows nothing; Permissive() everything.
type Policy struct {
	Groups     []string // patterns of lineage names; * is any text, ? any character
	Actions    []deploy.Action
	Strategies []deploy.Strategy

	MostInstances           int // of the fleet that is replaced: its desired capacity
	MostHealthSeconds       int
	LeastHealthyConsecutive int
	MostDrainSeconds        int
	OnTimeout               []deploy.OnTimeout
	BlueAfter               []deploy.BlueAfter

	Commands Commands
	Freezes  []Freeze
}

// Commands are patterns of what may run on instances as root, by where a request gives it; none: nothing may.
type Commands struct {
	Drain []string // each line of drain.command
	Build []string // each of green.image.build.commands
}

// Freeze is a time in which nothing new is deployed.
type Freeze struct {
	Name, Why string
	Zone      *time.Location
	Once      []Dates
	Weekly    []Week
	Override  Overriding
}

// Overriding says whether a request may override a freeze.
type Overriding string

// Whether it may.
const (
	OverrideAllowed Overriding = "allowed"
	OverrideRefused Overriding = "refused"
)

// most is more than any fleet has.
const most = 100_000

// Permissive is the policy that says nothing: what the product allows by itself.
func Permissive() Policy {
	return Policy{
		Groups:                  []string{"*"},
		Actions:                 []deploy.Action{deploy.ActionDeploy, deploy.ActionRollback},
		Strategies:              deploy.Strategies(),
		MostInstances:           most,
		MostHealthSeconds:       43200,
		LeastHealthyConsecutive: 1,
		MostDrainSeconds:        172800,
		OnTimeout:               []deploy.OnTimeout{deploy.TimeoutContinue, deploy.TimeoutAbandon, deploy.TimeoutRetain},
		BlueAfter:               []deploy.BlueAfter{deploy.AfterScaleToZero, deploy.AfterDelete},
		Commands:                Commands{Drain: []string{AnyLine}, Build: []string{AnyLine}},
	}
}

// words is a list of a few words, of which one at least is allowed.
func words[T ~string](into *[]T) form.Form {
	choices := *into
	return form.List[T]{Into: into, Min: 1, Max: len(choices), Item: func(word *T) form.Form {
		return form.OneOf[T]{Into: word, Choices: choices}
	}}
}

func (p *Policy) form() form.Object {
	schema := ""
	return form.Object{
		form.Optional("$schema", "Where the schema of this file is, for editors.", form.Text{Into: &schema, Min: 1, Max: 2000}),
		form.Optional("groups", "Patterns of the groups that may be deployed: * is any text, ? any one character. They are held against the lineage's name, "+
			"which is the name of its first group.",
			form.List[string]{Into: &p.Groups, Min: 1, Max: 200, Item: func(s *string) form.Form { return form.Text{Into: s, Min: 1, Max: 255} }}),
		form.Optional("actions", "What may be asked for. recover always may: it only puts right what an ended execution left.", words(&p.Actions)),
		form.Optional("strategies", "How traffic may move.", words(&p.Strategies)),
		form.Optional("fleet", "The fleet that is replaced.", form.Object{
			form.Optional("most_instances", "The largest desired capacity that it may have, or where capacity is counted in weights, the most instances; twice as many run while both fleets live.",
				form.Whole{Into: &p.MostInstances, Min: 1, Max: most, Unit: "instances"}),
		}),
		form.Optional("health", "Limits of the request's health.", form.Object{
			form.Optional("most_timeout_seconds", "The longest timeout_seconds.", form.Whole{Into: &p.MostHealthSeconds, Min: 60, Max: 43200, Unit: "seconds"}),
			form.Optional("least_consecutive", "The fewest consecutive good looks.", form.Whole{Into: &p.LeastHealthyConsecutive, Min: 1, Max: 20, Unit: "samples"}),
		}),
		form.Optional("drain", "Limits of the request's drain.", form.Object{
			form.Optional("most_timeout_seconds", "The longest timeout_seconds.", form.Whole{Into: &p.MostDrainSeconds, Min: 30, Max: 172800, Unit: "seconds"}),
			form.Optional("on_timeout", "What may become of an instance whose drain fails or takes too long.", words(&p.OnTimeout)),
		}),
		form.Optional("blue_after", "Limits of the request's blue_after.", form.Object{
			form.Optional("then", "What may become of the empty blue.", words(&p.BlueAfter)),
		}),
		form.Optional("commands", "What may run on instances as root: lines of shell, by where the request gives them.", form.Object{
			form.Optional("drain", "Each line of drain.command must be one of these as a whole. * is a part of one word: letters, digits, _ . : @ + -, "+
				"of which it begins with a letter, a digit or _. ** alone is any line. An empty list allows no command.", lines(&p.Commands.Drain)),
			form.Optional("build", "Each of green.image.build.commands, likewise.", lines(&p.Commands.Build)),
		}),
		form.Optional("freezes", "When nothing new is deployed. A freeze stops no rollback, no recover, and no deployment that has begun.",
			form.List[Freeze]{Into: &p.Freezes, Max: 200, Item: func(f *Freeze) form.Form { return f.form() }}),
	}
}

func (f *Freeze) form() form.Object {
	f.Override = OverrideAllowed
	return form.Object{
		form.Required("name", "What people call it.", form.Text{Into: &f.Name, Min: 1, Max: 64}),
		form.Optional("why", "What who is stopped by it is told.", form.Text{Into: &f.Why, Min: 1, Max: 500}),
		form.Required("time_zone", "The IANA time zone that its times are in, such as Asia/Tokyo.", form.Shaped{
			Pattern: "^[A-Za-z][A-Za-z0-9_+-]*(/[A-Za-z0-9_+-]+)*$",
			Shape:   `the name of an IANA time zone, such as "Asia/Tokyo"`,
			Parse:   f.parseZone,
		}),
		form.Optional("once", "From one minute to another. It needs once, weekly or both.",
			form.List[Dates]{Into: &f.Once, Min: 1, Max: 100, Item: func(d *Dates) form.Form { return d.form() }}),
		form.Optional("weekly", "From one minute of the week to another, every week.",
			form.List[Week]{Into: &f.Weekly, Min: 1, Max: 100, Item: func(w *Week) form.Form { return w.form() }}),
		form.Optional("override", "Whether a request may override it, with override_freeze.",
			form.OneOf[Overriding]{Into: &f.Override, Choices: []Overriding{OverrideAllowed, OverrideRefused}}),
	}
}

// parseZone takes what every machine calls by this name: not what only some have, or what each has its own of.
func (f *Freeze) parseZone(name string) (err error) {
	if name == "Local" || strings.HasPrefix(name, "posix/") || strings.HasPrefix(name, "right/") {
		return fmt.Errorf("%s is not the same everywhere", name)
	}
	f.Zone, err = time.LoadLocation(name)
	return err
}

// Parse reads a policy strictly. The error is a BadGuardrails that names every problem, each with its JSON path, what is
// wrong and what would be right.
func Parse(text []byte) (Policy, error) {
	p := Permissive()
	problems := form.Read(text, p.form())
	p.check(problems)
	if problems.Count() > 0 {
		return Policy{}, fault.New(fault.BadGuardrails, "the operators' guardrails are wrong, so nothing is deployed: %s", list(problems.Said()))
	}
	return p, nil
}

// check is what no field can say by itself.
func (p Policy) check(problems *form.Problems) {
	named := make(map[string]int)
	for i, f := range p.Freezes {
		path := fmt.Sprintf("$.freezes[%d]", i)
		if before, twice := named[f.Name]; twice && f.Name != "" {
			problems.Add("%s.name is %q, as is that of $.freezes[%d]: it must be its own", path, f.Name, before)
		}
		named[f.Name] = i
		if len(f.Once) == 0 && len(f.Weekly) == 0 {
			problems.Add(`%s is never in force: it must have "once" or "weekly"`, path)
		}
		for j, d := range f.Once {
			if d.read == both && d.to.Compare(d.from) <= 0 {
				problems.Add("%s.once[%d].to is not after from: it must be", path, j)
			}
		}
		for j, w := range f.Weekly {
			if w.read == both && w.from == w.to {
				problems.Add("%s.weekly[%d].to is the same as from: it must be another minute of the week", path, j)
			}
		}
	}
}

// Schema is the JSON Schema of a policy.
func Schema() ([]byte, error) {
	p := Permissive()
	return form.Schema("Guardrails",
		"The operators' policy: which fleets may be deployed, within which limits, and when not. What it does not name is as permissive as the product. Decoded strictly, at most 32 KiB: docs/layers.md.",
		p.form())
}

func matches(pattern, name string) bool {
	expression := regexp.QuoteMeta(pattern)
	expression = strings.ReplaceAll(expression, `\*`, `.*`)
	expression = strings.ReplaceAll(expression, `\?`, `.`)
	return regexp.MustCompile(`(?s)^` + expression + `$`).MatchString(name)
}

func list(problems []string) string {
	if len(problems) == 1 {
		return problems[0]
	}
	numbered := make([]string, len(problems))
	for i, problem := range problems {
		numbered[i] = fmt.Sprintf("(%d) %s", i+1, problem)
	}
	return strings.Join(numbered, "; ")
}

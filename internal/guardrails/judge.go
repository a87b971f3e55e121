package guardrails

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"bluegreen/internal/deploy"
	"bluegreen/internal/fault"
)

// longestOverride is how far ahead an override may reach.
const longestOverride = 24 * time.Hour

// Begin says whether what is asked for may begin now: a Forbidden that names every rule that it breaks, or nil. It
// returns the override if that lifted a freeze. No freeze stops a rollback, for it is how one gets out of an incident; a
// recovery is held to nothing. A drain that the record remembers is held to its limits when it is known to be used (Fleet).
func (p Policy) Begin(r deploy.Request, lineage string, now time.Time) (*deploy.Override, error) {
	if r.Action == deploy.ActionRecover {
		return nil, nil
	}
	var broken []string
	if !slices.ContainsFunc(p.Groups, func(pattern string) bool { return matches(pattern, lineage) }) {
		broken = append(broken, fmt.Sprintf("group %s is not one of those that may be deployed (%s)", lineage, strings.Join(p.Groups, ", ")))
	}
	broken = append(broken, allowed("$.action", r.Action, p.Actions)...)
	broken = append(broken, p.limits(r)...)
	if r.Action == deploy.ActionRollback {
		return nil, forbidden(lineage, broken)
	}
	override, frozen := p.freeze(r.Override, now)
	return override, forbidden(lineage, append(broken, frozen...))
}

// Fleet says whether a fleet of this size may be replaced in this way, as Begin does. A rollback brings back what was
// deployed: its size is not held, nor is a strategy that it leaves to what fits; a drain that the record remembers is.
func (p Policy) Fleet(r deploy.Request, lineage string, strategy deploy.Strategy, instances int) error {
	var broken []string
	if r.Action == deploy.ActionDeploy || r.Strategy != "" {
		broken = append(broken, allowed("the traffic strategy", strategy, p.Strategies)...)
	}
	if r.Action == deploy.ActionDeploy && instances > p.MostInstances {
		broken = append(broken, fmt.Sprintf("it has %d instances, and a fleet may have %d at most", instances, p.MostInstances))
	}
	if r.Recalled {
		broken = append(broken, p.recalled(r.Drain)...)
	}
	return forbidden(lineage, broken)
}

// recalled is what the drain that the record remembers is out of, and what a rollback that would use it must give.
func (p Policy) recalled(d deploy.DrainPolicy) []string {
	const why = "the request gives no drain.command, so the drain that the record remembers is used: "
	if len(d.Command) > 0 && len(p.Commands.Drain) == 0 {
		return []string{why + "its command may not run on instances, and none may; a rollback needs guardrails that allow one"}
	}
	broken := p.drain("its ", d)
	if len(broken) == 0 {
		return nil
	}
	return []string{why + strings.Join(broken, ", ") + "; give the rollback a $.drain of its own, with its command"}
}

// limits are the limits that what a request says is out of.
func (p Policy) limits(r deploy.Request) []string {
	var broken []string
	if n := r.Health.TimeoutSeconds; n > p.MostHealthSeconds {
		broken = append(broken, fmt.Sprintf("$.health.timeout_seconds is %d: it may be %d at most", n, p.MostHealthSeconds))
	}
	if n := r.Health.Consecutive; n < p.LeastHealthyConsecutive {
		broken = append(broken, fmt.Sprintf("$.health.consecutive is %d: it must be %d at least", n, p.LeastHealthyConsecutive))
	}
	if !r.Recalled {
		broken = append(broken, p.drain("$.drain.", r.Drain)...)
	}
	if build := r.Green.Build; build != nil {
		broken = append(broken, commands("$.green.image.build.commands", build.Commands, p.Commands.Build)...)
	}
	return append(broken, allowed("$.blue_after.then", r.BlueAfter, p.BlueAfter)...)
}

// drain are the limits that a drain is out of; its fields are called so. Without a command there is nothing that on_timeout
// could be about, and no request could say another.
func (p Policy) drain(called string, d deploy.DrainPolicy) []string {
	var broken []string
	if n := d.TimeoutSeconds; n > p.MostDrainSeconds {
		broken = append(broken, fmt.Sprintf("%stimeout_seconds is %d: it may be %d at most", called, n, p.MostDrainSeconds))
	}
	if len(d.Command) == 0 {
		return broken
	}
	broken = append(broken, allowed(called+"on_timeout", d.OnTimeout, p.OnTimeout)...)
	return append(broken, commands(called+"command", d.Command, p.Commands.Drain)...)
}

func allowed[T ~string](what string, value T, choices []T) []string {
	if slices.Contains(choices, value) {
		return nil
	}
	quoted := make([]string, len(choices))
	for i, choice := range choices {
		quoted[i] = fmt.Sprintf("%q", choice)
	}
	return []string{fmt.Sprintf("%s is %q: it must be %s", what, value, strings.Join(quoted, " or "))}
}

// freeze returns the override if it lifts every freeze that is in force, or what is in its way.
func (p Policy) freeze(override *deploy.Override, now time.Time) (*deploy.Override, []string) {
	freezes, ends := p.inForce(now)
	if len(freezes) == 0 {
		return nil, nil
	}
	var names, broken []string
	final := false // one of them may not be overridden
	for i, f := range freezes {
		names = append(names, f.Name)
		final = final || f.Override == OverrideRefused
		if why, holds := f.holds(override, now); holds {
			broken = append(broken, fmt.Sprintf("freeze %q%s is in force until %s%s", f.Name, f.because(), shown(ends[i], f.Zone), why))
		}
	}
	if len(broken) == 0 {
		lifted := *override
		lifted.Freezes = names
		return &lifted, nil
	}
	zone := freezes[0].Zone
	what := strings.Join(broken, ", and ")
	if free, found := p.Free(now); found {
		what += "; start again from " + shown(free, zone) + " on"
	}
	if override == nil && !final {
		what += fmt.Sprintf(`; if it cannot wait, add "override_freeze": {"by": "…", "reason": "…", "until": "%s"} to the request`,
			now.Add(4*time.Hour).In(zone).Truncate(time.Hour).Format(time.RFC3339))
	}
	return nil, []string{what + "; a rollback or a recovery is stopped by no freeze"}
}

// holds reports whether a freeze is not lifted, and why an override does not do it.
func (f Freeze) holds(override *deploy.Override, now time.Time) (why string, holds bool) {
	latest := now.Add(longestOverride)
	switch {
	case f.Override == OverrideRefused:
		return " and may not be overridden", true
	case override == nil:
		return "", true
	case !now.Before(override.Until):
		return fmt.Sprintf(", and $.override_freeze.until was %s: it must be ahead", shown(override.Until, f.Zone)), true
	case override.Until.After(latest):
		return fmt.Sprintf(", and $.override_freeze.until is %s: it must be within 24 hours, by %s", shown(override.Until, f.Zone), shown(latest, f.Zone)), true
	}
	return "", false
}

func (f Freeze) because() string {
	if f.Why == "" {
		return ""
	}
	return " (" + f.Why + ")"
}

// shown is a time as people in a zone write it.
func shown(t time.Time, zone *time.Location) string {
	return t.In(zone).Format("Mon 2006-01-02 15:04 ") + zone.String()
}

func forbidden(lineage string, broken []string) error {
	if len(broken) == 0 {
		return nil
	}
	return fault.New(fault.Forbidden, "the operators' guardrails do not allow this deployment of %s: %s", lineage, list(broken))
}

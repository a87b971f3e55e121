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
// returns the override if that lifted a freeze. A rollback is held to groups and actions alone, for it is how one gets
// out of an incident; a recovery is held to nothing.
func (p Policy) Begin(r deploy.Request, lineage string, now time.Time) (*deploy.Override, error) {
	if r.Action == deploy.ActionRecover {
		return nil, nil
	}
	var broken []string
	if !slices.ContainsFunc(p.Groups, func(pattern string) bool { return matches(pattern, lineage) }) {
		broken = append(broken, fmt.Sprintf("group %s is not one of those that may be deployed (%s)", lineage, strings.Join(p.Groups, ", ")))
	}
	broken = append(broken, allowed("$.action", r.Action, p.Actions)...)
	if r.Action == deploy.ActionRollback {
		return nil, forbidden(lineage, broken)
	}
	broken = append(broken, p.limits(r)...)
	override, frozen := p.freeze(r.Override, now)
	return override, forbidden(lineage, append(broken, frozen...))
}

// Fleet says whether a fleet of this size may be replaced in this way, as Begin does.
func (p Policy) Fleet(action deploy.Action, lineage string, strategy deploy.Strategy, instances int) error {
	if action != deploy.ActionDeploy {
		return nil
	}
	broken := allowed("the traffic strategy", strategy, p.Strategies)
	if instances > p.MostInstances {
		broken = append(broken, fmt.Sprintf("it has %d instances, and a fleet may have %d at most", instances, p.MostInstances))
	}
	return forbidden(lineage, broken)
}

func (p Policy) limits(r deploy.Request) []string {
	var broken []string
	if n := r.Health.TimeoutSeconds; n > p.MostHealthSeconds {
		broken = append(broken, fmt.Sprintf("$.health.timeout_seconds is %d: it may be %d at most", n, p.MostHealthSeconds))
	}
	if n := r.Health.Consecutive; n < p.LeastHealthyConsecutive {
		broken = append(broken, fmt.Sprintf("$.health.consecutive is %d: it must be %d at least", n, p.LeastHealthyConsecutive))
	}
	if n := r.Drain.TimeoutSeconds; n > p.MostDrainSeconds {
		broken = append(broken, fmt.Sprintf("$.drain.timeout_seconds is %d: it may be %d at most", n, p.MostDrainSeconds))
	}
	broken = append(broken, allowed("$.drain.on_timeout", r.Drain.OnTimeout, p.OnTimeout)...)
	return append(broken, allowed("$.blue_after.then", r.BlueAfter, p.BlueAfter)...)
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

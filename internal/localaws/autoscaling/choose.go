package autoscaling

import (
	"slices"
	"strconv"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling/types"
)

// choose names the members to terminate for a scale-in by so many units: from the fullest zones, by the group's
// termination policies there. Members protected from scale-in are left out, as are those that count for more than is too
// much, so it may name fewer. Whether AWS takes away what a launch exceeded the capacity by is not verified; here a member
// that counts for so much goes.
//
// Simplified: AllocationStrategy has no effect, because the model has no Spot price; ClosestToNextInstanceHour counts
// from the launch; a policy that is a Lambda function is refused when it is set.
func (g *group) choose(units int) []*member {
	inZone := make(map[string]int)
	var candidates []*member
	for _, m := range g.counting() {
		inZone[m.zone]++
		if !m.protected {
			candidates = append(candidates, m)
		}
	}
	var chosen []*member
	for units > 0 {
		fitting := slices.DeleteFunc(slices.Clone(candidates), func(m *member) bool { return m.weight > units })
		if len(fitting) == 0 {
			break
		}
		m := g.pick(fitting, inZone)
		chosen = append(chosen, m)
		inZone[m.zone]--
		units -= m.weight
		candidates = slices.DeleteFunc(candidates, func(other *member) bool { return other == m })
	}
	return chosen
}

// pick chooses one member; what the policies leave open, chance decides.
func (g *group) pick(candidates []*member, inZone map[string]int) *member {
	left := least(candidates, func(m *member) int64 { return boolRank(!m.outgoing) })
	left = least(left, func(m *member) int64 { return boolRank(m.sickness == "") })
	left = least(left, func(m *member) int64 { return int64(-inZone[m.zone]) })
	for _, policy := range g.spec.TerminationPolicies {
		left = g.apply(policy, left)
	}
	return left[int(g.in.account.Float()*float64(len(left)))]
}

// apply keeps the candidates that a termination policy prefers.
func (g *group) apply(policy string, candidates []*member) []*member {
	switch policy {
	case "Default":
		candidates = least(candidates, func(m *member) int64 { return boolRank(m.configuration == "") })
		candidates = least(candidates, g.configurationAge)
		candidates = least(candidates, templateAge)
		return least(candidates, g.toNextHour)
	case "OldestInstance":
		return least(candidates, func(m *member) int64 { return m.launched.UnixNano() })
	case "NewestInstance":
		return least(candidates, func(m *member) int64 { return -m.launched.UnixNano() })
	case "OldestLaunchConfiguration":
		return least(candidates, g.configurationAge)
	case "OldestLaunchTemplate":
		return least(least(candidates, g.otherTemplate), templateAge)
	case "ClosestToNextInstanceHour":
		return least(candidates, g.toNextHour)
	}
	return candidates
}

// least keeps the candidates that rank lowest.
func least(candidates []*member, rank func(*member) int64) []*member {
	var best []*member
	for _, m := range candidates {
		switch {
		case len(best) == 0 || rank(m) < rank(best[0]):
			best = []*member{m}
		case rank(m) == rank(best[0]):
			best = append(best, m)
		}
	}
	return best
}

func boolRank(last bool) int64 {
	if last {
		return 1
	}
	return 0
}

// configurationAge ranks by the launch configuration's time of creation; one that is gone is oldest.
func (g *group) configurationAge(m *member) int64 {
	if c, ok := g.in.configurations[m.configuration]; ok {
		return c.CreatedTime.UnixNano()
	}
	return 0
}

// otherTemplate ranks members of a template that is not the group's first: "noncurrent" ones go first.
func (g *group) otherTemplate(m *member) int64 {
	current := g.templateSpec()
	return boolRank(m.template != nil && current != nil && aws.ToString(m.template.LaunchTemplateId) == aws.ToString(current.LaunchTemplateId))
}

// templateAge ranks by the version of the launch template.
func templateAge(m *member) int64 {
	if m.template == nil {
		return 0
	}
	version, _ := strconv.ParseInt(aws.ToString(m.template.Version), 10, 64)
	return version
}

// toNextHour ranks by the time left of the hour that began with the launch.
func (g *group) toNextHour(m *member) int64 {
	const hour = 3600
	return hour - int64(g.now().Sub(m.launched).Seconds())%hour
}

// templateSpec is the launch template that the group launches from, nil with a launch configuration.
func (g *group) templateSpec() *types.LaunchTemplateSpecification {
	if g.spec.MixedInstancesPolicy != nil {
		return g.spec.MixedInstancesPolicy.LaunchTemplate.LaunchTemplateSpecification
	}
	return g.spec.LaunchTemplate
}

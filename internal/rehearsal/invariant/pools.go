package invariant

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling/types"

	"bluegreen/internal/ledger"
	localasg "bluegreen/internal/localaws/autoscaling"
)

// pools holds promise 4 for the warm pool of a fleet that goes: what is taken from the fleet must not come back into its pool.
type pools struct {
	base
	known map[string]bool // instances
	goes  map[string]bool // fleets that a function has scaled in to nothing, and that nobody has touched since
	late  map[string]bool // fleets whose pool a call of the way forward has filled when they were to go
}

func newPools(b base, s snapshot) invariant {
	p := &pools{base: b, known: make(map[string]bool), goes: make(map[string]bool), late: make(map[string]bool)}
	p.look(s, nil)
	return p
}

// done takes in which fleets go.
func (p *pools) done(a *apiCall, _ before) {
	switch input := a.input.(type) {
	case *autoscaling.UpdateAutoScalingGroupInput:
		name := aws.ToString(input.AutoScalingGroupName)
		p.goes[name] = a.deployment() && input.MaxSize != nil && *input.MaxSize == 0 && !p.late[name]
	case *autoscaling.PutWarmPoolInput: // of a function of the way forward it comes late: the fence has no other for a fleet that goes
		name := aws.ToString(input.AutoScalingGroupName)
		forward := a.state == "SwitchTraffic" || a.state == "CreateGreen"
		lock := p.w.r.Record().Lock
		p.late[name] = forward && lock != nil && lock.Stage == ledger.Removing
		if !a.deployment() || forward {
			p.goes[name] = false
		}
	}
}

func (p *pools) look(s snapshot, _ *apiCall) {
	for id, m := range s.members {
		if !p.known[id] && p.goes[m.fleet.Name] && strings.HasPrefix(m.State, "Warmed:") {
			p.breaks("%s launches %s into its warm pool after it was scaled in", m.fleet.Name, id)
		}
		p.known[id] = true
	}
}

// traitPool is the member of a description that a warm pool is.
const traitPool = "WarmPoolConfiguration"

// poolSizes are the minimum and the prepared capacity of a warm pool, as the record has them.
func poolSizes(pool types.WarmPoolConfiguration) string {
	prepared := int32(-1)
	if pool.MaxGroupPreparedCapacity != nil {
		prepared = *pool.MaxGroupPreparedCapacity
	}
	return fmt.Sprintf("%d/%d", aws.ToInt32(pool.MinSize), prepared)
}

// keptForPool reports whether a fleet that should be gone is left to people, who have given it a warm pool since it was scaled in.
func (v *verdict) keptForPool(view localasg.GroupView) bool {
	pool := view.Shown.WarmPoolConfiguration
	return pool != nil && aws.ToInt32(pool.MinSize) > 0 && view.Max == 0 &&
		v.endStates.changed[view.Name][traitPool].After(v.endStates.scaledIn[view.Name])
}

// pool checks the warm pool of a fleet that stands by: it is empty and stays so, and is otherwise what it was, unless others have
// changed it since.
func (v *verdict) pool(view localasg.GroupView, expected string) {
	now := traitsOf(view)[traitPool]
	if v.endStates.filled[view.Name] || now == expected && expected == "" {
		return
	}
	var was types.WarmPoolConfiguration
	if expected == "" || json.Unmarshal([]byte(expected), &was) != nil {
		v.check(false, "%s has a warm pool, which nobody has given it: %s", view.Name, now)
		return
	}
	if previous := v.record.Previous; previous != nil && previous.Name == view.Name && poolSizes(was) != "0/0" {
		remembered := slices.ContainsFunc(previous.Quieted, func(c ledger.Change) bool {
			return c.Kind == ledger.KindPool && c.Was == poolSizes(was)
		})
		v.check(remembered || now == expected, "the record does not say that the warm pool of %s had the sizes %s", view.Name, poolSizes(was))
	}
	quiet := was
	quiet.MinSize, quiet.MaxGroupPreparedCapacity = aws.Int32(0), aws.Int32(0)
	v.check(now == text(quiet) || now == expected && v.endStates.changed[view.Name][traitPool].After(v.endStates.scaledIn[view.Name]),
		"the warm pool of %s is %s, not %s", view.Name, orEmpty(now), text(quiet))
	v.check(now == expected || len(view.Warm) == 0, "the warm pool of %s has %d instances", view.Name, len(view.Warm))
}

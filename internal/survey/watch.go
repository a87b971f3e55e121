package survey

import (
	"context"
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"

	"bluegreen/internal/alarm"
	"bluegreen/internal/deploy"
)

// watchFindings looks at the alarms that the request names, and notes by what the deployment is called off. A rollback is not held up by
// any of it: it is the way out.
func (h Surveyor) watchFindings(ctx context.Context, f *Found) ([]string, error) {
	request, d := f.Request, &f.Deployment
	if d.Action == deploy.ActionRollback || request.BakeSeconds == 0 && len(request.Alarms) == 0 && request.Approval.TimeoutSeconds == 0 {
		return nil, nil
	}
	mover, err := h.strategies.Mover(d)
	if err != nil {
		return nil, err
	}
	if mover == nil {
		return []string{"its strategy moves no traffic, so there is nothing that alarms or bake_seconds could bring back, or an approval could hold: leave them out"}, nil
	}
	d.Watch.BakeSeconds = request.BakeSeconds
	if request.Approval.TimeoutSeconds > 0 {
		d.Approval = &request.Approval
	}
	if len(request.Alarms) == 0 {
		return nil, nil
	}
	states, err := alarm.Read(ctx, h.alarms, request.Alarms)
	if err != nil {
		return nil, err
	}
	var findings []string
	for _, name := range request.Alarms {
		state, exists := states[name]
		if !exists {
			findings = append(findings, fmt.Sprintf("alarm %q of the request does not exist in this account and Region: name one that does", name))
			continue
		}
		watched, finding := watched(name, state, request.Ringing)
		findings = append(findings, one(finding)...)
		findings = append(findings, one(blind(name, state, f))...)
		d.Watch.Alarms = append(d.Watch.Alarms, watched)
	}
	return findings, nil
}

// watched is the alarm as the deployment heeds it; a finding where it rings already.
func watched(name string, state alarm.State, ringing deploy.Ringing) (deploy.Alarm, string) {
	watched := deploy.Alarm{Name: name}
	switch {
	case !state.Ringing():
		return watched, ""
	case ringing == deploy.RingingIgnore:
		watched.Rang = &state.Since
		return watched, ""
	}
	return watched, fmt.Sprintf(`alarm %s rings since %s: wait until it is quiet, or, where this deployment is the cure, say "alarms_ringing": "ignore"`,
		name, state.Since.UTC().Format("2006-01-02 15:04:05Z"))
}

// blind is the finding of an alarm that could not see green. It warns of one that might ring too late.
func blind(name string, state alarm.State, f *Found) string {
	d := &f.Deployment
	if state.Value == types.StateValueInsufficientData {
		d.Warn("alarm %s has no data: it cannot ring before it has some", name)
	}
	if state.Length > d.Watch.Bake() {
		d.Warn("alarm %s looks at %s before it rings, and bake_seconds is %d: what it would say of green it may say when blue is gone", name, state.Length, d.Watch.BakeSeconds)
	}
	for _, dimension := range state.Looks {
		value := aws.ToString(dimension.Value)
		what := blues(aws.ToString(dimension.Name), value, f)
		switch {
		case what == "":
		case d.Strategy.MovesRecords():
			return fmt.Sprintf("alarm %s looks at blue's %s %s, and would not see what green does: name one that looks at what clients get, whichever fleet serves", name, what, value)
		case what == group:
			d.Warn("alarm %s looks at blue's group %s, and does not see what green does", name, value)
		}
	}
	return ""
}

const group = "group"

// blues is what of blue's a dimension names; empty: nothing.
func blues(name, value string, f *Found) string {
	switch name {
	case "AutoScalingGroupName":
		if value == f.Deployment.Blue {
			return group
		}
	case "TargetGroup":
		for _, arn := range f.Deployment.TargetGroups {
			if strings.HasSuffix(arn, ":"+value) {
				return "target group"
			}
		}
	case "LoadBalancerName":
		for _, source := range f.Deployment.Sources {
			if source.Type == deploy.ClassicBalancer && source.ID == value {
				return "load balancer"
			}
		}
	}
	return ""
}

package autoscaling

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling/types"
)

// Activities have the texts that AWS gives them: the descriptions, causes and status messages recorded in the user
// guide's troubleshooting chapter (CHAP_Troubleshooting, as-verify-scaling-activity), and by tools that match them.

// because notes a reason for a change of capacity, for the activities that follow from it.
func (g *group) because(format string, args ...any) {
	g.causes = append(g.causes, fmt.Sprintf("At %s %s", stamp(g.now()), fmt.Sprintf(format, args...)))
}

// cause joins the reasons noted with the group's own decision, made now.
func (g *group) cause(decision ...string) string {
	sentences := g.causes[:len(g.causes):len(g.causes)]
	for _, sentence := range decision {
		sentences = append(sentences, fmt.Sprintf("At %s %s", stamp(g.now()), sentence))
	}
	return strings.Join(sentences, "  ")
}

func stamp(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05Z") }

// begin records an activity that starts now.
func (g *group) begin(description, cause string, m *member) *types.Activity {
	a := &types.Activity{
		ActivityId:            aws.String(g.in.account.UUID()),
		AutoScalingGroupName:  aws.String(g.name),
		AutoScalingGroupARN:   g.spec.AutoScalingGroupARN,
		AutoScalingGroupState: aws.String("InService"), // of the group, which is not deleted
		Cause:                 aws.String(cause),
		Description:           aws.String(description),
		Progress:              aws.Int32(0),
		StartTime:             aws.Time(g.now()),
		StatusCode:            types.ScalingActivityStatusCodeInProgress,
	}
	if m != nil {
		a.Details = g.details(m.subnet, m.zone)
	}
	g.activities = append(g.activities, a)
	return a
}

// details are an activity's Details: where it is, and the alarms that caused it.
func (g *group) details(subnet, zone string) *string {
	details := map[string]any{"Subnet ID": subnet, "Availability Zone": zone}
	if len(g.invoking) > 0 {
		details["InvokingAlarms"] = g.invoking
	}
	text, err := json.Marshal(details)
	if err != nil {
		panic(err) // texts and numbers always have a JSON form
	}
	return aws.String(string(text))
}

// progress moves the member's activity on.
func (m *member) progress(status types.ScalingActivityStatusCode, percent int32) {
	if m.activity != nil {
		m.activity.StatusCode, m.activity.Progress = status, aws.Int32(percent)
	}
}

// finish ends the member's activity.
func (m *member) finish(status types.ScalingActivityStatusCode, message string) {
	if m.activity == nil {
		return
	}
	m.group.end(m.activity, status, message)
	m.group.tellActivity(m.activity, m)
	m.activity = nil
}

// end ends an activity. A message of failure shows in the description, too.
func (g *group) end(a *types.Activity, status types.ScalingActivityStatusCode, message string) {
	a.StatusCode, a.Progress, a.EndTime = status, aws.Int32(100), aws.Time(g.now())
	if message != "" {
		a.StatusMessage = aws.String(message)
		a.Description = aws.String(*a.Description + "  Status Reason: " + message)
	}
	g.lastScaled = g.now()
}

// underWay returns an activity of the group that has not ended.
func (g *group) underWay() (*types.Activity, bool) {
	for _, m := range g.members {
		if m.activity != nil {
			return m.activity, true
		}
	}
	return nil, false
}

// Package alarm reads CloudWatch alarms, and heeds those that a deployment names.
package alarm

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"

	"bluegreen/internal/deploy"
	"bluegreen/internal/fault"
)

// State is what an alarm shows.
type State struct {
	Value  types.StateValue
	Reason string            // why, in AWS's words
	Since  time.Time         // when its value changed last
	Length time.Duration     // of the time that it looks at before it rings; 0: of a composite alarm, which has none
	Looks  []types.Dimension // at the metrics of these
}

// Ringing reports whether it rings. One without data does not: nothing says that anything is wrong.
func (s State) Ringing() bool { return s.Value == types.StateValueAlarm }

// Read reads alarms by their names; those that do not exist are missing.
func Read(ctx context.Context, reads Reads, names []string) (map[string]State, error) {
	metric, composite, err := Named(ctx, reads, names)
	if err != nil {
		return nil, err
	}
	found := make(map[string]State, len(names))
	for name, a := range metric {
		found[name] = State{a.StateValue, aws.ToString(a.StateReason), changed(a.StateTransitionedTimestamp, a.StateUpdatedTimestamp), length(a), dimensions(a)}
	}
	for name, a := range composite {
		found[name] = State{Value: a.StateValue, Reason: aws.ToString(a.StateReason), Since: changed(a.StateTransitionedTimestamp, a.StateUpdatedTimestamp)}
	}
	return found, nil
}

func changed(transitioned, updated *time.Time) time.Time {
	if transitioned != nil {
		return *transitioned
	}
	return aws.ToTime(updated)
}

// length is how much time an alarm looks at: its periods, of the longest metric of an expression.
func length(a types.MetricAlarm) time.Duration {
	longest := aws.ToInt32(a.Period)
	for _, query := range a.Metrics {
		longest = max(longest, aws.ToInt32(query.Period))
		if query.MetricStat != nil {
			longest = max(longest, aws.ToInt32(query.MetricStat.Period))
		}
	}
	return time.Duration(longest) * time.Duration(aws.ToInt32(a.EvaluationPeriods)) * time.Second
}

func dimensions(a types.MetricAlarm) []types.Dimension {
	all := append([]types.Dimension(nil), a.Dimensions...)
	for _, query := range a.Metrics {
		if query.MetricStat != nil && query.MetricStat.Metric != nil {
			all = append(all, query.MetricStat.Metric.Dimensions...)
		}
	}
	return all
}

// Heed is the fault of an alarm that rings: AlarmRang. One that rang before the deployment, which its request ignores, has to ring again.
// One that is gone cannot say that all is well, so it counts as one that rings.
func Heed(ctx context.Context, reads Reads, watch deploy.Watch) error {
	if len(watch.Alarms) == 0 {
		return nil
	}
	states, err := Read(ctx, reads, watch.Names())
	if err != nil {
		return err
	}
	var problems []string
	for _, alarm := range watch.Alarms {
		switch state, exists := states[alarm.Name]; {
		case !exists:
			problems = append(problems, fmt.Sprintf("alarm %s was deleted by somebody else, so nothing says that all is well", alarm.Name))
		case state.Ringing() && (alarm.Rang == nil || state.Since.After(*alarm.Rang)):
			problems = append(problems, fmt.Sprintf("alarm %s rings since %s: %s", alarm.Name, state.Since.UTC().Format(time.TimeOnly+"Z"), state.Reason))
		}
	}
	if len(problems) > 0 {
		return fault.New(fault.AlarmRang, "%s", strings.Join(problems, "; "))
	}
	return nil
}

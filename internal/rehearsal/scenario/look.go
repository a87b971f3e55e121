package scenario

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling/types"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/cockroachdb/datadriven"

	"bluegreen/internal/deploy"
	"bluegreen/internal/ledger"
	"bluegreen/internal/localaws/autoscaling"
	"bluegreen/internal/rehearsal"
)

// look tells what stands: each group with its sizes, instances by state, targets by health, and what is suspended.
func (s *Script) look(context.Context, *datadriven.TestData) (string, error) {
	s.r.AWS.Account.Lock()
	defer s.r.AWS.Account.Unlock()
	var b strings.Builder
	for _, name := range s.r.AWS.Groups.Names() {
		view, ok := s.r.AWS.Groups.View(name)
		if !ok {
			continue
		}
		fmt.Fprintf(&b, "%s: min %d desired %d max %d; %s", name, view.Min, view.Desired, view.Max, orNone(countStates(view.Instances)))
		b.WriteString(weightsOf(view.Instances))
		if len(view.Warm) > 0 {
			fmt.Fprintf(&b, "; warm pool: %s", orNone(countStates(view.Warm)))
		}
		b.WriteString(poolOf(view))
		if targets := s.countTargets(view); targets != "" {
			fmt.Fprintf(&b, "; targets: %s", targets)
		}
		for _, balancer := range s.r.World.LoadBalancerNames {
			if instances := s.countInstances(balancer, view); instances != "" {
				fmt.Fprintf(&b, "; behind %s: %s", balancer, instances)
			}
		}
		for _, attachment := range view.Attachments {
			switch {
			case attachment.State == "Removing" && attachment.LoadBalancerName != "":
				fmt.Fprintf(&b, "; a load balancer is being removed")
			case attachment.State == "Removing":
				fmt.Fprintf(&b, "; a target group is being removed")
			}
		}
		if strings.Contains(view.HealthCheckType, ",") {
			fmt.Fprintf(&b, "; checks %s", view.HealthCheckType)
		}
		if len(view.Suspended) > 0 {
			fmt.Fprintf(&b, "; suspended: %s", strings.Join(view.Suspended, ", "))
		}
		for i, metric := range view.Shown.EnabledMetrics {
			b.WriteString([]string{"; metrics: ", ", "}[min(i, 1)] + *metric.Metric)
		}
		for _, topic := range slices.Sorted(maps.Keys(view.Notifications)) {
			fmt.Fprintf(&b, "; notifies %s of %s", topic[strings.LastIndex(topic, ":")+1:], strings.ReplaceAll(strings.Join(view.Notifications[topic], ", "), "autoscaling:", ""))
		}
		for _, action := range view.Schedule {
			fmt.Fprintf(&b, "; %s", scheduled(action))
		}
		if view.Deleting {
			b.WriteString("; being deleted")
		}
		b.WriteString("\n")
	}
	return b.String(), nil
}

// scheduled tells what a scheduled action does when.
func scheduled(action types.ScheduledUpdateGroupAction) string {
	told := fmt.Sprintf("%s next %s", *action.ScheduledActionName, action.StartTime.Format("01-02 15:04"))
	if action.Recurrence != nil {
		told += fmt.Sprintf(" (%s %s)", *action.Recurrence, cmp.Or(aws.ToString(action.TimeZone), "UTC"))
	}
	if action.EndTime != nil {
		told += action.EndTime.Format(" until 01-02 15:04")
	}
	return told
}

func countStates(instances []autoscaling.InstanceView) map[string]int {
	states := make(map[string]int)
	for _, instance := range instances {
		states[instance.State]++
	}
	return states
}

// poolOf tells what the group's warm pool is to be.
func poolOf(view autoscaling.GroupView) string {
	pool := view.Shown.WarmPoolConfiguration
	if pool == nil {
		return ""
	}
	said := fmt.Sprintf("; prepares %s, at least %d", pool.PoolState, *pool.MinSize)
	if pool.MaxGroupPreparedCapacity != nil {
		said += fmt.Sprintf(", up to %d", *pool.MaxGroupPreparedCapacity)
	}
	if reuse := pool.InstanceReusePolicy; reuse != nil && reuse.ReuseOnScaleIn != nil && *reuse.ReuseOnScaleIn {
		said += ", reused"
	}
	return said
}

// weightsOf tells what each instance counts for, where that is not one.
func weightsOf(instances []autoscaling.InstanceView) string {
	var weights []string
	for _, instance := range instances {
		weights = append(weights, strconv.Itoa(instance.Weight))
	}
	if strings.Trim(strings.Join(weights, ""), "1") == "" {
		return ""
	}
	slices.Sort(weights)
	return " of weight " + strings.Join(weights, "+")
}

func (s *Script) countTargets(view autoscaling.GroupView) string {
	states := make(map[string]int)
	for _, instance := range view.Instances {
		if health, ok := s.r.AWS.Balancers.Health(s.r.World.TargetGroupARN, instance.ID); ok {
			states[health.State]++
		}
	}
	if len(states) == 0 {
		return ""
	}
	return orNone(states)
}

// countInstances counts a group's instances behind a Classic Load Balancer, by what that says of them.
func (s *Script) countInstances(balancer string, view autoscaling.GroupView) string {
	states := make(map[string]int)
	for _, instance := range view.Instances {
		health, registered := s.r.AWS.Classic.Health(balancer, instance.ID)
		switch {
		case !registered:
		case health.Draining():
			states["draining"]++
		default:
			states[health.State]++
		}
	}
	if len(states) == 0 {
		return ""
	}
	return orNone(states)
}

func orNone(states map[string]int) string {
	if len(states) == 0 {
		return "no instances"
	}
	var parts []string
	for _, state := range slices.Sorted(maps.Keys(states)) {
		parts = append(parts, fmt.Sprintf("%d %s", states[state], state))
	}
	return strings.Join(parts, ", ")
}

// record tells what the ledger holds of the lineage.
func (s *Script) record(ctx context.Context, d *datadriven.TestData) (string, error) {
	if strings.TrimSpace(d.Input) != "" {
		return "", s.putRecord(ctx, d.Input)
	}
	record, found, err := s.r.ReadRecord(ctx)
	if err != nil || !found {
		return "no record\n", err
	}
	var b strings.Builder
	fmt.Fprintf(&b, "live %s; generation %d; ", record.Live, record.Generation)
	if record.Lock == nil {
		b.WriteString("no lock\n")
	} else {
		fmt.Fprintf(&b, "locked by %s at stage %s\n", rehearsal.ShortName(record.Lock.Execution), record.Lock.Stage)
	}
	for _, outcome := range record.Outcomes {
		fmt.Fprintf(&b, "%s: %s, %s -> %s", rehearsal.ShortName(outcome.Execution), outcome.End, outcome.Blue, outcome.Green)
		if outcome.Error != "" {
			fmt.Fprintf(&b, " (%s)", outcome.Error)
		}
		if o := outcome.Override; o != nil {
			fmt.Fprintf(&b, "; %s", o)
		}
		for _, said := range []struct {
			word string
			by   *deploy.Said
		}{{"approved", outcome.Approved}, {"aborted", outcome.Aborted}} {
			if said.by != nil {
				fmt.Fprintf(&b, "; %s by %s", said.word, said.by)
			}
		}
		b.WriteString("\n")
	}
	return b.String(), nil
}

// putRecord puts a record as a release has written it in the place of the lineage's, as its next version.
func (s *Script) putRecord(ctx context.Context, text string) error {
	l := ledger.Open(s.r.Config, s.r.World.LedgerTable)
	now, _, err := l.Get(ctx, s.r.World.GroupName)
	if err != nil {
		return err
	}
	var record map[string]any
	if err := json.Unmarshal([]byte(text), &record); err != nil {
		return fmt.Errorf("the record: %w", err)
	}
	record["version"] = now.Version + 1
	item, err := attributevalue.MarshalMap(record)
	if err != nil {
		return err
	}
	_, err = l.Items.PutItem(ctx, &dynamodb.PutItemInput{TableName: &l.Table, Item: item})
	return err
}

// calls tells how many AWS calls the functions made, by operation.
func (s *Script) calls(context.Context, *datadriven.TestData) (string, error) {
	counts, total := make(map[string]int), 0
	for _, call := range s.r.AWS.Faults.Calls() {
		if call.Function != "" {
			counts[call.Service+":"+call.Operation]++
			total++
		}
	}
	text, err := json.MarshalIndent(counts, "", "  ")
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("%d calls: %s\n", total, text), nil
}

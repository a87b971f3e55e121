package scenario

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling"
	"github.com/cockroachdb/datadriven"

	"bluegreen/internal/deploy"
	"bluegreen/internal/ledger"
	localasg "bluegreen/internal/localaws/autoscaling"
	locallambda "bluegreen/internal/localaws/lambda"
	"bluegreen/internal/rehearsal"
)

// resize is what an operator, or a scaling policy, does to the fleet that serves: resize desired=6 min=2 max=9.
func (s *Script) resize(ctx context.Context, d *datadriven.TestData) (string, error) {
	record, err := s.ledgerRecord(ctx)
	if err != nil {
		return "", err
	}
	view, _ := s.view(record.Live)
	input := &autoscaling.UpdateAutoScalingGroupInput{AutoScalingGroupName: &record.Live}
	desired := view.Desired
	for name, into := range map[string]**int32{"min": &input.MinSize, "max": &input.MaxSize, "desired": &input.DesiredCapacity} {
		if argument(d, name, "") == "" {
			continue
		}
		size, err := integer(d, name, 0)
		if err != nil {
			return "", err
		}
		*into = aws.Int32(int32(size))
	}
	if input.DesiredCapacity != nil {
		desired = int(*input.DesiredCapacity)
	}
	if input.MaxSize != nil { // Auto Scaling lowers what is desired to it
		desired = min(desired, int(*input.MaxSize))
	}
	if desired < view.Desired && !s.settled(view) {
		return "the fleet has not settled: nobody scales it in\n", nil
	}
	if _, err = autoscaling.NewFromConfig(s.r.Config).UpdateAutoScalingGroup(ctx, input); err != nil {
		return refusal(err), nil
	}
	return "", nil
}

// settled reports whether every instance of a group serves wherever the group is attached. Auto Scaling would scale in
// any of them, and what starts yet does not replace one that serves.
func (s *Script) settled(view localasg.GroupView) bool {
	s.r.AWS.Account.Lock()
	defer s.r.AWS.Account.Unlock()
	for _, instance := range view.Instances {
		if instance.State != "InService" {
			return false
		}
		for _, attachment := range view.Attachments {
			if standing, _ := s.r.AWS.Groups.Standing(attachment, instance.ID); !standing.Serves {
				return false
			}
		}
	}
	return len(view.Instances) >= view.Desired
}

func (s *Script) ledgerRecord(ctx context.Context) (ledger.Record, error) {
	record, found, err := s.r.ReadRecord(ctx)
	if !found {
		record.Live = s.r.World.GroupName
	}
	return record, err
}

func (s *Script) view(group string) (localasg.GroupView, bool) {
	s.r.AWS.Account.Lock()
	defer s.r.AWS.Account.Unlock()
	return s.r.AWS.Groups.View(group)
}

// converge waits until every execution has ended, has a person recover what none of them could finish or undo once the
// faults are over, and holds the world against the end states.
func (s *Script) converge(ctx context.Context, _ *datadriven.TestData) (string, error) {
	var b strings.Builder
	ends := make(map[string]string) // end state by execution ARN
	stranded := false
	for _, name := range s.started {
		if stuck := s.endOf(ctx, name, ends, &b); stuck != nil {
			return b.String() + fmt.Sprintf("BROKEN promise 4: %v\n", stuck), nil
		}
		stranded = stranded || !slices.Contains(ourEnds, ends[s.executions[name]])
	}
	s.mendAll()
	if stranded {
		s.r.Wait(ctx, deploy.FunctionTimeoutSeconds*time.Second)
		input := fmt.Sprintf(`{"project": "ec", "action": "recover", "blue": {"asg_name": %q}}`, s.r.World.GroupName)
		if _, err := s.start(ctx, &datadriven.TestData{Input: input, CmdArgs: []datadriven.CmdArg{{Key: "name", Vals: []string{"a-person"}}}}); err != nil {
			return "", err
		}
		if stuck := s.endOf(ctx, "a-person", ends, &b); stuck != nil {
			return b.String() + fmt.Sprintf("BROKEN promise 4: %v\n", stuck), nil
		}
		if end := ends[s.executions["a-person"]]; end != deploy.EndSucceeded {
			fmt.Fprintf(&b, "BROKEN promise 4: the recovery ended %s\n", end)
		}
	}
	problems, err := s.atRest(ctx, ends)
	for _, problem := range problems {
		fmt.Fprintf(&b, "BROKEN promise 4: %s\n", problem)
	}
	return b.String() + s.promises(), err
}

// ourEnds are the ends of which an execution itself has put everything right.
var ourEnds = []string{deploy.EndSucceeded, deploy.EndRolledBack, deploy.EndRejected}

// endOf waits for an execution's end and tells it; the error says that it does not come.
func (s *Script) endOf(ctx context.Context, name string, ends map[string]string, b *strings.Builder) error {
	out, err := s.r.AwaitEnd(ctx, s.executions[name], longest)
	if err != nil {
		return err
	}
	end, report := rehearsal.EndState(out)
	ends[s.executions[name]] = end
	fmt.Fprintf(b, "%s: %s", name, end)
	if report.Error != "" {
		fmt.Fprintf(b, " (%s)", report.Error)
	}
	b.WriteString("\n")
	return nil
}

// mendAll takes every fault away, gives EC2 room again, and heals what fell sick: where health checks are of type EC2
// nothing replaces it.
func (s *Script) mendAll() {
	for _, mend := range s.mend {
		mend()
	}
	s.mend, s.invokes = nil, nil
	s.r.AWS.Functions.SetFaults(func(locallambda.Invocation) locallambda.Fault { return locallambda.Fault{} })
	s.r.AWS.Account.Lock()
	defer s.r.AWS.Account.Unlock()
	s.limit("", -1)
	for _, id := range s.struck {
		s.r.AWS.Compute.Heal(id)
	}
}

// patient is how long a world may take to come to rest: replacements, hooks and drains.
const patient = 90 * time.Minute

// atRest waits until the world is what the end states say; what is still wrong after patient is returned.
func (s *Script) atRest(ctx context.Context, ends map[string]string) ([]string, error) {
	for waited := time.Duration(0); ; waited += rehearsal.Settle {
		s.r.Wait(ctx, rehearsal.Settle)
		record, err := s.ledgerRecord(ctx)
		if err != nil {
			return nil, err
		}
		if problems := s.judge(record, ends); len(problems) == 0 || waited >= patient {
			return problems, nil
		}
	}
}

// judge compares the record with the ends of any number of executions, and the world with the record.
func (s *Script) judge(record ledger.Record, ends map[string]string) []string {
	problems := s.watch.Inspect()
	for _, outcome := range record.Outcomes {
		end, known := ends[outcome.Execution]
		// A rejected one may have been stopped before, and finished or undone by another.
		worked := known && (end == deploy.EndSucceeded || end == deploy.EndRolledBack)
		if worked && end != outcome.End {
			problems = append(problems, fmt.Sprintf("an execution ended %s, the record says %s", end, outcome.End))
		}
	}
	return problems
}

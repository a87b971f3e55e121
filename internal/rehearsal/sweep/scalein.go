package sweep

import (
	"context"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling"
	"github.com/aws/aws-sdk-go-v2/service/sfn"
)

// lookEvery is how often a person who scaled in looks whether all has come to its end.
const lookEvery = 15 * time.Second

// scaleIn is the course in which a person takes one instance out of the live fleet: its drain is the work of the machine
// that drains, and whatever fails, the instance goes in the end.
func (run *courseRun) scaleIn(ctx context.Context) error {
	group, want := run.before.Name, int32(run.before.Desired-1)
	_, err := autoscaling.NewFromConfig(run.r.Config).SetDesiredCapacity(ctx, &autoscaling.SetDesiredCapacityInput{
		AutoScalingGroupName: &group, DesiredCapacity: aws.Int32(want),
	})
	if err != nil {
		return err
	}
	for began := run.r.Clock.Now(); ; run.r.Wait(ctx, lookEvery) {
		over, err := run.scaledIn(ctx, group, int(want))
		if err != nil {
			return err
		}
		if over {
			break
		}
		if run.r.Clock.Now().Sub(began) > patience {
			run.problems(fmt.Sprintf("%s has not come to rest within %s", group, patience))
			break
		}
	}
	run.noteCalls()
	run.rest(ctx)
	return nil
}

// scaledIn reports whether the instance is gone and every drain's execution has ended; the last one's end is the course's.
func (run *courseRun) scaledIn(ctx context.Context, group string, want int) (bool, error) {
	machine := run.r.ShutdownMachine()
	out, err := run.r.Machines.ListExecutions(ctx, &sfn.ListExecutionsInput{StateMachineArn: &machine})
	if err != nil {
		return false, err
	}
	run.r.AWS.Account.Lock()
	view, _ := run.r.AWS.Groups.View(group)
	run.r.AWS.Account.Unlock()
	if len(view.Instances) != want || len(out.Executions) == 0 {
		return false, nil
	}
	run.outcome.End = string(out.Executions[0].Status)
	for _, execution := range out.Executions {
		if execution.Status == "RUNNING" {
			return false, nil
		}
	}
	return true, nil
}

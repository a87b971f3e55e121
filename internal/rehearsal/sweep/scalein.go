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
func (t *trial) scaleIn(ctx context.Context) error {
	group, want := t.before.Name, int32(t.before.Desired-1)
	_, err := autoscaling.NewFromConfig(t.r.Config).SetDesiredCapacity(ctx, &autoscaling.SetDesiredCapacityInput{
		AutoScalingGroupName: &group, DesiredCapacity: aws.Int32(want),
	})
	if err != nil {
		return err
	}
	for began := t.r.Clock.Now(); ; t.r.Wait(ctx, lookEvery) {
		over, err := t.scaledIn(ctx, group, int(want))
		if err != nil {
			return err
		}
		if over {
			break
		}
		if t.r.Clock.Now().Sub(began) > patience {
			t.problems(fmt.Sprintf("%s has not come to rest within %s", group, patience))
			break
		}
	}
	t.noteCalls()
	t.rest(ctx)
	return nil
}

// scaledIn reports whether the instance is gone and every drain's execution has ended; the last one's end is the course's.
func (t *trial) scaledIn(ctx context.Context, group string, want int) (bool, error) {
	machine := t.r.ShutdownMachine()
	out, err := t.r.Machines.ListExecutions(ctx, &sfn.ListExecutionsInput{StateMachineArn: &machine})
	if err != nil {
		return false, err
	}
	t.r.AWS.Account.Lock()
	view, _ := t.r.AWS.Groups.View(group)
	t.r.AWS.Account.Unlock()
	if len(view.Instances) != want || len(out.Executions) == 0 {
		return false, nil
	}
	t.outcome.End = string(out.Executions[0].Status)
	for _, execution := range out.Executions {
		if execution.Status == "RUNNING" {
			return false, nil
		}
	}
	return true, nil
}

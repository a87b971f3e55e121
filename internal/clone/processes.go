package clone

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling/types"

	"bluegreen/internal/deploy"
	"bluegreen/internal/fleet"
	"bluegreen/internal/step"
)

// processes are those that are suspended.
type processes struct{}

func (processes) put(ctx context.Context, to target, blue Whole) error {
	suspended := fleet.Of(blue.Group).Suspended
	if len(suspended) == 0 {
		return nil
	}
	_, err := step.Write(ctx, to.writes, to.fence, writes.SuspendProcesses, &autoscaling.SuspendProcessesInput{AutoScalingGroupName: &to.Green, ScalingProcesses: suspended})
	if err != nil {
		return fmt.Errorf("suspending %v of %s as on blue: %w", suspended, to.Green, err)
	}
	return nil
}

func (processes) traits(w Whole, _ deploy.Deployment) map[string]string {
	return map[string]string{"suspended processes": sorted(fleet.Of(w.Group).Suspended)}
}

// Resumed is the whole without the suspension of a process that is the deployment's own doing.
func (w Whole) Resumed(process string) Whole {
	w.Group.SuspendedProcesses = slices.DeleteFunc(slices.Clone(w.Group.SuspendedProcesses), func(p types.SuspendedProcess) bool {
		return aws.ToString(p.ProcessName) == process
	})
	return w
}

func sorted(names []string) string { return strings.Join(slices.Sorted(slices.Values(names)), ", ") }

package creategreen

import (
	"context"
	"fmt"
	"slices"

	"github.com/aws/aws-sdk-go-v2/service/autoscaling"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling/types"

	"bluegreen/internal/capacity"
	"bluegreen/internal/clone"
	"bluegreen/internal/deploy"
	"bluegreen/internal/fault"
	"bluegreen/internal/fleet"
	"bluegreen/internal/ledger"
	"bluegreen/internal/step"
)

// revive brings back the fleet that blue replaced: its processes and sizes as the record remembers them, as many instances
// as blue has now, and of what they ran.
func (h handler) revive(ctx context.Context, s *step.Step, blue deploy.Fleet, green types.AutoScalingGroup) error {
	d := s.Deployment
	record, err := s.Record(ctx, ledger.Creating)
	if err != nil {
		return err
	}
	previous := record.Previous
	if previous == nil || previous.Name != d.Green {
		return fault.New(fault.Refused, "the record of %s does not remember %s any more", d.Lineage, d.Green)
	}
	standing := fleet.Of(green)
	otherwise, err := fleet.Otherwise(ctx, h.groups, standing, standing.BroughtBack(previous.Template))
	switch {
	case err != nil:
		return err
	case otherwise != "":
		return fault.New(fault.NotReady, "%s", otherwise)
	}
	var resume []string
	for _, process := range deploy.Reviving {
		later := process == ledger.ScheduledActions && d.Strategy.Waits() // when it is unpinned
		if !later && !slices.Contains(previous.Suspended, process) {
			resume = append(resume, process)
		}
	}
	if len(resume) > 0 {
		_, err := step.Write(ctx, h.writes, fence(s), writes.ResumeProcesses, &autoscaling.ResumeProcessesInput{
			AutoScalingGroupName: &d.Green, ScalingProcesses: resume,
		})
		if err != nil {
			return fmt.Errorf("resuming %v of %s: %w", resume, d.Green, err)
		}
	}
	u := capacity.Revive(*previous, blue)
	input := u.Of(d.Green)
	if standing.Floats() && standing.Names(previous.Template) { // what it names stands by now for what is rolled back
		clone.Name(input, green, previous.Template)
	}
	if _, err = step.Write(ctx, h.writes, fence(s), writes.UpdateAutoScalingGroup, input); err != nil {
		return fmt.Errorf("bringing back %s with %s: %w", d.Green, deploy.Counted(*u.Desired, blue.Unit()), err)
	}
	if d.Strategy.Waits() {
		return nil
	}
	return h.copier.Wake(ctx, s, d.Green, previous.Quieted, ledger.Creating)
}

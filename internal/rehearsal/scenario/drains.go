package scenario

import (
	"context"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling"
	"github.com/cockroachdb/datadriven"

	"bluegreen/internal/localaws/account"
)

// drains says how drain commands go on every instance from now on: drains takes=20s exit=1, or drains hang.
func (s *Script) drains(_ context.Context, d *datadriven.TestData) (string, error) {
	as, err := behaviour(d)
	if err != nil {
		return "", err
	}
	s.drainsGo = as
	s.behave()
	return "", nil
}

// loseAgent cuts n instances of a group off from Systems Manager.
func (s *Script) loseAgent(_ context.Context, d *datadriven.TestData) (string, error) {
	n, err := integer(d, "n", 1)
	if err != nil {
		return "", err
	}
	members := s.members(d)
	s.r.AWS.Account.Lock()
	defer s.r.AWS.Account.Unlock()
	for _, id := range members[:min(n, len(members))] {
		s.r.AWS.Commands.LoseAgent(id)
	}
	return "", nil
}

// noAgent lets instances that start from now on have no agent: those of the image that green will run, or of image=IMAGE; or, with
// profile, those whose profile is the fleet's; or, with route, all, since no subnet has a route to Systems Manager.
func (s *Script) noAgent(_ context.Context, d *datadriven.TestData) (string, error) {
	image := s.standIns().Replace(argument(d, "image", "GREEN_IMAGE"))
	s.r.AWS.Account.Lock()
	defer s.r.AWS.Account.Unlock()
	switch {
	case flag(d, "profile"):
		s.r.AWS.Commands.RefuseProfile(s.r.World.InstanceProfile)
	case flag(d, "route"):
		for _, zone := range s.r.AWS.Compute.Zones() {
			subnet, _ := s.r.AWS.Compute.DefaultSubnet(zone)
			s.r.AWS.Commands.CutOff(subnet.ID)
		}
	default:
		s.r.AWS.Commands.NoAgent(image)
	}
	return "", nil
}

// images says how images go that are made from now on: they are pending for takes=75m, and the next fail=1 of them fail.
func (s *Script) images(_ context.Context, d *datadriven.TestData) (string, error) {
	fail, err := integer(d, "fail", 0)
	if err != nil {
		return "", err
	}
	takes, err := time.ParseDuration(argument(d, "takes", "0s"))
	if err != nil {
		return "", err
	}
	s.r.AWS.Account.Lock()
	defer s.r.AWS.Account.Unlock()
	s.r.AWS.Compute.FailImages(fail)
	if takes > 0 {
		s.r.AWS.Compute.SetImageAvailable(account.Constant(takes))
	}
	return "", nil
}

// noteMembers remembers who belongs to a group now: drained tells of them when they have ended.
func (s *Script) noteMembers(_ context.Context, d *datadriven.TestData) (string, error) {
	s.noted = s.members(d)
	return fmt.Sprintf("%d instances\n", len(s.noted)), nil
}

// drained tells how the noted instances' drains went.
func (s *Script) drained(context.Context, *datadriven.TestData) (string, error) {
	s.r.AWS.Account.Lock()
	defer s.r.AWS.Account.Unlock()
	whole, guarded, cut, none := 0, 0, 0, 0
	for _, id := range s.noted {
		worked := 0
		for _, run := range s.r.AWS.Commands.Ran(id) {
			switch {
			case run.Guarded:
				guarded++
			case run.Finished:
				worked++
			default:
				cut++
			}
		}
		if worked == 0 {
			none++
		}
		whole += worked
	}
	return fmt.Sprintf("%d drains done once each, %d second deliveries held off, %d cut short, %d instances without a whole drain\n",
		whole, guarded, cut, none), nil
}

// protect lets n instances of a group protect themselves from scale-in.
func (s *Script) protect(ctx context.Context, d *datadriven.TestData) (string, error) {
	n, err := integer(d, "n", 1)
	if err != nil {
		return "", err
	}
	members := s.members(d)
	if len(members) == 0 {
		return "none was in service\n", nil
	}
	_, err = autoscaling.NewFromConfig(s.r.Config).SetInstanceProtection(ctx, &autoscaling.SetInstanceProtectionInput{
		AutoScalingGroupName: &s.r.World.GroupName,
		InstanceIds:          members[:min(n, len(members))],
		ProtectedFromScaleIn: aws.Bool(true),
	})
	return refusal(err), nil
}

package balancer

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/autoscaling"
	"github.com/aws/smithy-go"

	"bluegreen/internal/ledger"
	"bluegreen/internal/step"
)

// AtOnce is how many target groups one call of Auto Scaling may name, and how many of a group may be on their way in or out at a
// time (aws-facts A5, H5).
const AtOnce = 10

// Attach attaches a group to target groups. What is too many at once is left to the next look: then it reports false.
func (b Balancers) Attach(ctx context.Context, fence ledger.Fence, group string, targetGroupARNs []string) (all bool, err error) {
	for batch := range slices.Chunk(targetGroupARNs, AtOnce) {
		_, err := step.Write(ctx, b.writes, fence, writes.AttachLoadBalancerTargetGroups, &autoscaling.AttachLoadBalancerTargetGroupsInput{
			AutoScalingGroupName: &group, TargetGroupARNs: batch,
		})
		if tooManyAtOnce(err) {
			return false, nil
		}
		if err != nil {
			return false, fmt.Errorf("attaching %s to its target groups: %w", group, err)
		}
	}
	return true, nil
}

// Detach takes a group out of target groups, as Attach brings it in. What an earlier call has detached is detached.
func (b Balancers) Detach(ctx context.Context, fence ledger.Fence, group string, targetGroupARNs []string) (all bool, err error) {
	for batch := range slices.Chunk(targetGroupARNs, AtOnce) {
		_, err := step.Write(ctx, b.writes, fence, writes.DetachLoadBalancerTargetGroups, &autoscaling.DetachLoadBalancerTargetGroupsInput{
			AutoScalingGroupName: &group, TargetGroupARNs: batch,
		})
		if tooManyAtOnce(err) {
			return false, nil
		}
		if err != nil && !detachedBefore(err) {
			return false, fmt.Errorf("detaching %s from its target groups: %w", group, err)
		}
	}
	return true, nil
}

// tooManyAtOnce recognises the refusal to change more target groups of a group while others are on their way in or out.
func tooManyAtOnce(err error) bool {
	return refused(err, "Trying to update too many Load Balancers/Target Groups at once")
}

// detachedBefore recognises the refusal to detach what an earlier call, whose answer was lost or whose effect is not shown
// yet, has detached.
func detachedBefore(err error) bool { return refused(err, "not part of the group") }

func refused(err error, text string) bool {
	var api smithy.APIError
	return errors.As(err, &api) && api.ErrorCode() == "ValidationError" && strings.Contains(api.ErrorMessage(), text)
}

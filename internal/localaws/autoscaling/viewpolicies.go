package autoscaling

import "github.com/aws/aws-sdk-go-v2/service/autoscaling/types"

// Policies are a group's scaling policies as they are shown, not to be changed; none of a group that does not exist.
func (in *Groups) Policies(group string) []types.ScalingPolicy {
	g := in.groups[group]
	if g == nil {
		return nil
	}
	var shown []types.ScalingPolicy
	for _, p := range g.policies {
		shown = append(shown, in.shownPolicy(p))
	}
	return shown
}

package clone

import (
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling/types"

	"bluegreen/internal/deploy"
)

// tags are the group's, which the call that creates it takes.
type tags struct{}

func (tags) traits(w Whole, _ deploy.Deployment) map[string]string {
	all := make(map[string]string)
	for _, tag := range w.Group.Tags {
		if key := aws.ToString(tag.Key); !deploy.ReservedTag(key) {
			all["tag "+key] = text([]any{aws.ToString(tag.Value), aws.ToBool(tag.PropagateAtLaunch)})
		}
	}
	return all
}

// copyTags are blue's, less the reserved ones, and this deployment's own.
func copyTags(blue types.AutoScalingGroup, d deploy.Deployment) []types.Tag {
	var copied []types.Tag
	add := func(key, value *string, propagate *bool) {
		copied = append(copied, types.Tag{
			Key: key, Value: value, PropagateAtLaunch: propagate, ResourceId: &d.Green, ResourceType: aws.String("auto-scaling-group"),
		})
	}
	for _, tag := range blue.Tags {
		if !deploy.ReservedTag(aws.ToString(tag.Key)) {
			add(tag.Key, tag.Value, tag.PropagateAtLaunch)
		}
	}
	for _, tag := range d.OwnTags() {
		add(aws.String(tag[0]), aws.String(tag[1]), aws.Bool(true))
	}
	return copied
}

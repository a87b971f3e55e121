package clone

import (
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling/types"

	"bluegreen/internal/deploy"
)

// tags are the group's, which the call that creates it takes.
type tags struct{}

func (tags) traits(w Whole, _ deploy.Deployment) map[string]string {
	all := make(map[string]string)
	for _, tag := range w.Group.Tags {
		if key := aws.ToString(tag.Key); !reserved(key) {
			all["tag "+key] = text([]any{aws.ToString(tag.Value), aws.ToBool(tag.PropagateAtLaunch)})
		}
	}
	return all
}

// reserved reports whether a tag is AWS's, or that of the deployment that created a group.
func reserved(key string) bool {
	return strings.HasPrefix(key, "aws:") || key == deploy.TagProject || key == deploy.TagLineage || key == deploy.TagExecution
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
		if !reserved(aws.ToString(tag.Key)) {
			add(tag.Key, tag.Value, tag.PropagateAtLaunch)
		}
	}
	for _, tag := range ownTags(d) {
		add(aws.String(tag[0]), aws.String(tag[1]), aws.Bool(true))
	}
	return copied
}

// ownTags are those of what a deployment makes.
func ownTags(d deploy.Deployment) [][2]string {
	return [][2]string{{deploy.TagProject, d.Project}, {deploy.TagLineage, d.Lineage}, {deploy.TagExecution, d.Execution}}
}

package launch

import (
	"github.com/aws/aws-sdk-go-v2/aws"
	ec2types "github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"bluegreen/internal/deploy"
)

// Tags are those of a launch template that a deployment makes: its own tags, on the template itself. What the template tags at a
// launch is part of its contents.
func Tags(d deploy.Deployment) []ec2types.TagSpecification {
	specification := ec2types.TagSpecification{ResourceType: ec2types.ResourceTypeLaunchTemplate}
	for _, tag := range d.OwnTags() {
		specification.Tags = append(specification.Tags, ec2types.Tag{Key: aws.String(tag[0]), Value: aws.String(tag[1])})
	}
	return []ec2types.TagSpecification{specification}
}

package launch

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	ec2types "github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"bluegreen/internal/deploy"
)

// longestTemplateName is what AWS takes, of characters that are fewer than those of a group's name (aws-facts H7).
const longestTemplateName = 128

// TemplateName is the name of the launch template that is made for a group: the group's own where it may be one, else what of it
// may, with a sum of it that keeps it apart from others.
func TemplateName(group string) string {
	name := strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("().-/_", r) {
			return r
		}
		return '-'
	}, group)
	if name == group && len(name) <= longestTemplateName && len(name) >= 3 {
		return name
	}
	sum := sha256.Sum256([]byte(group))
	mark := "-" + hex.EncodeToString(sum[:4])
	return name[:min(len(name), longestTemplateName-len(mark))] + mark
}

// ConfigurationName is the name of the launch configuration that is made for a group: AWS takes any that a group may have.
func ConfigurationName(group string) string { return group }

// Tags are those of a launch template that a deployment makes: its own tags, on the template itself. What the template tags at a
// launch is part of its contents.
func Tags(d deploy.Deployment) []ec2types.TagSpecification {
	specification := ec2types.TagSpecification{ResourceType: ec2types.ResourceTypeLaunchTemplate}
	for _, tag := range [][2]string{{deploy.TagProject, d.Project}, {deploy.TagLineage, d.Lineage}, {deploy.TagExecution, d.Execution}} {
		specification.Tags = append(specification.Tags, ec2types.Tag{Key: aws.String(tag[0]), Value: aws.String(tag[1])})
	}
	return []ec2types.TagSpecification{specification}
}

package builder

import (
	"cmp"
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"bluegreen/internal/fleet"
)

// Groups is what is read of what groups launch from.
type Groups interface {
	fleet.Groups
	DescribeLaunchConfigurations(context.Context, *autoscaling.DescribeLaunchConfigurationsInput, ...func(*autoscaling.Options)) (*autoscaling.DescribeLaunchConfigurationsOutput, error)
}

// Launched are the ids of the images that groups launch, by what each names in every place.
func (r Remover) Launched(ctx context.Context, groups Groups, names []string) (map[string]bool, error) {
	described, err := fleet.Describe(ctx, groups, names...)
	if err != nil {
		return nil, err
	}
	launched := make(map[string]bool)
	for _, group := range described {
		for _, spec := range fleet.Templates(group) {
			version := cmp.Or(aws.ToString(spec.Version), "$Default")
			out, err := r.pictures.DescribeLaunchTemplateVersions(ctx, &ec2.DescribeLaunchTemplateVersionsInput{LaunchTemplateId: spec.LaunchTemplateId, Versions: []string{version}})
			if is(err, "InvalidLaunchTemplateId.VersionNotFound") || is(err, "InvalidLaunchTemplateId.NotFound") {
				continue // it launches nothing any more
			}
			if err != nil {
				return nil, fmt.Errorf("describing what %s launches: %w", aws.ToString(group.AutoScalingGroupName), err)
			}
			for _, version := range out.LaunchTemplateVersions {
				launched[aws.ToString(version.LaunchTemplateData.ImageId)] = true
			}
		}
		if group.LaunchConfigurationName == nil {
			continue
		}
		out, err := groups.DescribeLaunchConfigurations(ctx, &autoscaling.DescribeLaunchConfigurationsInput{LaunchConfigurationNames: []string{*group.LaunchConfigurationName}})
		if err != nil {
			return nil, fmt.Errorf("describing launch configuration %s: %w", *group.LaunchConfigurationName, err)
		}
		for _, configuration := range out.LaunchConfigurations {
			launched[aws.ToString(configuration.ImageId)] = true
		}
	}
	return launched, nil
}

// Runs reports whether an instance, be it anybody's, has been launched from an image and has not ended.
func (r Remover) Runs(ctx context.Context, id string) (bool, error) {
	pages := ec2.NewDescribeInstancesPaginator(r.pictures, &ec2.DescribeInstancesInput{Filters: []types.Filter{{Name: aws.String("image-id"), Values: []string{id}}}})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return false, fmt.Errorf("looking for instances of image %s: %w", id, err)
		}
		for _, reservation := range page.Reservations {
			for _, instance := range reservation.Instances {
				if !over(instance) {
					return true, nil
				}
			}
		}
	}
	return false, nil
}

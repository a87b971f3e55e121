package launch

import (
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/service/ec2"
	ec2types "github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"bluegreen/internal/deploy"
	"bluegreen/internal/fault"
)

// Versions describes the versions of launch templates.
type Versions interface {
	DescribeLaunchTemplateVersions(context.Context, *ec2.DescribeLaunchTemplateVersionsInput, ...func(*ec2.Options)) (*ec2.DescribeLaunchTemplateVersionsOutput, error)
}

var _ Versions = (*ec2.Client)(nil)

// Read is what makes a template of the version that is named. A version that is gone is NotReady.
func Read(ctx context.Context, versions Versions, named deploy.Template) (*ec2types.RequestLaunchTemplateData, error) {
	out, err := versions.DescribeLaunchTemplateVersions(ctx, &ec2.DescribeLaunchTemplateVersionsInput{
		LaunchTemplateId: &named.ID, Versions: []string{named.Version},
	})
	if err != nil {
		return nil, fmt.Errorf("describing version %s of launch template %s: %w", named.Version, named.ID, err)
	}
	if len(out.LaunchTemplateVersions) == 0 || out.LaunchTemplateVersions[0].LaunchTemplateData == nil {
		return nil, fault.New(fault.NotReady, "version %s of launch template %s was deleted since it was described", named.Version, named.ID)
	}
	return FromVersion(*out.LaunchTemplateVersions[0].LaunchTemplateData)
}

package builder

import (
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"bluegreen/internal/deploy"
	"bluegreen/internal/ledger"
	"bluegreen/internal/step"
)

// pictures is what is read of images, of what they are made of, and of who launches them.
type pictures interface {
	DescribeInstances(context.Context, *ec2.DescribeInstancesInput, ...func(*ec2.Options)) (*ec2.DescribeInstancesOutput, error)
	DescribeLaunchTemplateVersions(context.Context, *ec2.DescribeLaunchTemplateVersionsInput, ...func(*ec2.Options)) (*ec2.DescribeLaunchTemplateVersionsOutput, error)
	DescribeImages(context.Context, *ec2.DescribeImagesInput, ...func(*ec2.Options)) (*ec2.DescribeImagesOutput, error)
	DescribeSnapshots(context.Context, *ec2.DescribeSnapshotsInput, ...func(*ec2.Options)) (*ec2.DescribeSnapshotsOutput, error)
}

// removes removes images: none but those that a deployment has made.
type removes interface {
	DeregisterImage(context.Context, *ec2.DeregisterImageInput, ...func(*ec2.Options)) (*ec2.DeregisterImageOutput, error)
	DeleteSnapshot(context.Context, *ec2.DeleteSnapshotInput, ...func(*ec2.Options)) (*ec2.DeleteSnapshotOutput, error)
}

var (
	_ pictures = (*ec2.Client)(nil)
	_ removes  = (*ec2.Client)(nil)
)

// Remover removes images that deployments have made.
type Remover struct {
	pictures pictures
	removes  step.Writes[removes]
}

// NewRemover makes one of an account's images.
func NewRemover(cfg aws.Config) Remover {
	client := ec2.NewFromConfig(cfg)
	return Remover{pictures: client, removes: step.Guard[removes](client)}
}

// Remove removes the image of a name that an execution's deployment has made, and its snapshots. gone is true once none of it is
// described, found once there was any. An image of that name that others have made stays.
func (r Remover) Remove(ctx context.Context, s *step.Step, name, execution string, stage ledger.Stage) (gone, found bool, err error) {
	image, shown, err := named(ctx, r.pictures, name)
	if err != nil {
		return false, false, err
	}
	if shown && tag(image, deploy.TagExecution) == execution {
		_, err := step.Write(ctx, r.removes, s.Holder.At(stage), removes.DeregisterImage, &ec2.DeregisterImageInput{ImageId: image.ImageId})
		if err == nil || is(err, "InvalidAMIID.Unavailable") || is(err, "InvalidAMIID.NotFound") {
			return false, true, nil
		}
		// It may have gone by an attempt whose answer was lost; then AWS may also say that nobody may deregister what has no such tag.
		if _, stands, wrong := named(ctx, r.pictures, name); wrong == nil && !stands {
			return false, true, nil
		}
		return false, true, fmt.Errorf("deregistering image %s: %w", aws.ToString(image.ImageId), err)
	}
	snapshots, err := r.snapshots(ctx, execution)
	if err != nil {
		return false, false, err
	}
	for _, snapshot := range snapshots {
		_, err := step.Write(ctx, r.removes, s.Holder.At(stage), removes.DeleteSnapshot, &ec2.DeleteSnapshotInput{SnapshotId: snapshot.SnapshotId})
		if err != nil && !is(err, "InvalidSnapshot.InUse") && !is(err, "InvalidSnapshot.NotFound") && !is(err, "IncorrectState") {
			return false, true, fmt.Errorf("deleting snapshot %s: %w", aws.ToString(snapshot.SnapshotId), err)
		}
	}
	return len(snapshots) == 0, len(snapshots) > 0, nil
}

// snapshots are those that an execution's deployment has tagged.
func (r Remover) snapshots(ctx context.Context, execution string) ([]types.Snapshot, error) {
	var all []types.Snapshot
	pages := ec2.NewDescribeSnapshotsPaginator(r.pictures, &ec2.DescribeSnapshotsInput{
		OwnerIds: []string{"self"}, Filters: []types.Filter{{Name: aws.String("tag:" + deploy.TagExecution), Values: []string{execution}}},
	})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, fmt.Errorf("describing the snapshots of an image: %w", err)
		}
		all = append(all, page.Snapshots...)
	}
	return all, nil
}

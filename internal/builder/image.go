package builder

import (
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"bluegreen/internal/deploy"
	"bluegreen/internal/fault"
	"bluegreen/internal/ledger"
	"bluegreen/internal/step"
)

// Image has EC2 make the image of a builder, or finds the one that an earlier call has asked for. It is the image once that is shown;
// a failed one is a fault.
func (m Maker) Image(ctx context.Context, s *step.Step, instance string, reboot bool) (types.Image, bool, error) {
	d := s.Deployment
	image, shown, err := named(ctx, m.pictures, d.Build.Name)
	if err != nil {
		return image, false, err
	}
	if !shown {
		return image, false, m.ask(ctx, s, instance, reboot)
	}
	if tag(image, deploy.TagExecution) != d.Execution {
		return image, false, fault.New(fault.Refused, "an image %s exists already and is not of this deployment: rename it, or give green.image.build another name", d.Build.Name)
	}
	switch image.State {
	case types.ImageStatePending, types.ImageStateAvailable, types.ImageStateTransient:
		return image, true, nil
	}
	why := ""
	if image.StateReason != nil {
		why = ": " + aws.ToString(image.StateReason.Message)
	}
	return image, true, fault.New(fault.BuildFailed, "image %s of the builder %s is %s%s", aws.ToString(image.ImageId), instance, image.State, why)
}

// ask asks for the image. CreateImage knows no client token: its name, which the record has, is no other deployment's.
func (m Maker) ask(ctx context.Context, s *step.Step, instance string, reboot bool) error {
	record, err := s.Record(ctx, ledger.Creating)
	if err != nil {
		return err
	}
	if record.Lock.Build.Image != "" { // what is described lags
		return nil
	}
	d := *s.Deployment
	input := &ec2.CreateImageInput{
		InstanceId: &instance, Name: &d.Build.Name, NoReboot: aws.Bool(!reboot),
		Description: aws.String("made for " + d.Green + " from " + d.Build.Source + ", by bluegreen"),
	}
	for _, kind := range []types.ResourceType{types.ResourceTypeImage, types.ResourceTypeSnapshot} {
		input.TagSpecifications = append(input.TagSpecifications, types.TagSpecification{ResourceType: kind, Tags: tags(d)})
	}
	out, err := step.Write(ctx, m.launches, s.Holder.At(ledger.Creating), launches.CreateImage, input)
	if is(err, "InvalidAMIName.Duplicate") { // by an earlier call, of which the description does not know yet
		return nil
	}
	if err != nil {
		return fmt.Errorf("having EC2 make image %s of the builder %s: %w", d.Build.Name, instance, err)
	}
	_, err = s.Holder.Change(ctx, func(r *ledger.Record) { r.Lock.Build.Image = aws.ToString(out.ImageId) }, ledger.Creating)
	return err
}

// named is the account's image of a name.
func named(ctx context.Context, from pictures, name string) (found types.Image, ok bool, err error) {
	out, err := from.DescribeImages(ctx, &ec2.DescribeImagesInput{
		Owners: []string{"self"}, Filters: []types.Filter{{Name: aws.String("name"), Values: []string{name}}},
	})
	if err != nil {
		return found, false, fmt.Errorf("describing image %s: %w", name, err)
	}
	for _, image := range out.Images {
		return image, true, nil
	}
	return found, false, nil
}

func tag(image types.Image, key string) string {
	for _, t := range image.Tags {
		if aws.ToString(t.Key) == key {
			return aws.ToString(t.Value)
		}
	}
	return ""
}

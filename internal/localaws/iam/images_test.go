package iam_test

import (
	"context"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	ec2types "github.com/aws/aws-sdk-go-v2/service/ec2/types"
)

// What a launch by RunInstances takes, one permission after the other.
func TestRunInstancesAsksForAllThatItTakes(t *testing.T) {
	inAccount(t, func(a *account) {
		client := ec2.NewFromConfig(a.config())
		image := *must(t, client.DescribeImages, &ec2.DescribeImagesInput{}).Images[0].ImageId
		launch := func(_ context.Context, config aws.Config) error {
			_, err := ec2.NewFromConfig(config).RunInstances(t.Context(), &ec2.RunInstancesInput{
				ImageId: &image, InstanceType: ec2types.InstanceTypeT3Micro, MinCount: aws.Int32(1), MaxCount: aws.Int32(1), KeyName: aws.String("ops"),
				IamInstanceProfile: &ec2types.IamInstanceProfileSpecification{Name: aws.String("web-app-dev-instance")},
				TagSpecifications:  tagged(ec2types.ResourceTypeInstance, "made-by", "us"),
			})
			return err
		}
		run := func(resource string) string {
			return `{"Effect": "Allow", "Action": "ec2:RunInstances", "Resource": "arn:aws:ec2:*:*:` + resource + `/*"}`
		}
		policy := `{"Effect": "Allow", "Action": "ec2:RunInstances", "Resource": "arn:aws:ec2:*:*:instance/*",
			"Condition": {"StringEquals": {"aws:RequestTag/made-by": "us", "ec2:InstanceType": "t3.micro"}}}`
		for _, step := range []struct{ refused, then string }{
			{"on resource: arn:aws:ec2:ap-northeast-1:000000000000:network-interface/*", run("network-interface")},
			{"on resource: arn:aws:ec2:ap-northeast-1:000000000000:volume/*", run("volume")},
			{"on resource: arn:aws:ec2:ap-northeast-1::image/" + image, run("image")},
			{"on resource: arn:aws:ec2:ap-northeast-1:000000000000:key-pair/ops", run("key-pair")},
			{"on resource: arn:aws:ec2:ap-northeast-1:000000000000:security-group/sg-", run("security-group")},
			{"on resource: arn:aws:ec2:ap-northeast-1:000000000000:subnet/subnet-", run("subnet")},
			{"ec2:CreateTags on resource: arn:aws:ec2:ap-northeast-1:000000000000:instance/*", `{"Effect": "Allow", "Action": "ec2:CreateTags",
				"Resource": "arn:aws:ec2:*:*:instance/*", "Condition": {"StringEquals": {"ec2:CreateAction": "RunInstances", "aws:RequestTag/made-by": "us"}}}`},
			{"iam:PassRole on resource: arn:aws:iam::000000000000:role/web-app-dev-instance", `{"Effect": "Allow", "Action": "iam:PassRole", "Resource": "*",
				"Condition": {"StringEquals": {"iam:PassedToService": "ec2.amazonaws.com"}}}`},
		} {
			a.allow("[" + policy + "]")
			a.wants("without the rest", a.calls(launch), "UnauthorizedOperation", step.refused)
			policy += "," + step.then
		}
		a.allow("[" + policy + "]")
		a.wants("with all", a.calls(launch), "done")
		_ = a.aws.Account.Clock.Sleep(t.Context(), time.Second)
		ours := must(t, client.DescribeInstances, &ec2.DescribeInstancesInput{Filters: []ec2types.Filter{{Name: aws.String("tag:made-by"), Values: []string{"us"}}}})
		a.wants("its tags afterwards", a.calls(func(_ context.Context, config aws.Config) error {
			_, err := ec2.NewFromConfig(config).CreateTags(t.Context(), &ec2.CreateTagsInput{
				Resources: []string{*ours.Reservations[0].Instances[0].InstanceId}, Tags: []ec2types.Tag{{Key: aws.String("made-by"), Value: aws.String("us")}},
			})
			return err
		}), "UnauthorizedOperation", "ec2:CreateTags on resource: arn:aws:ec2:ap-northeast-1:000000000000:instance/i-")
	})
}

func tagged(kind ec2types.ResourceType, key, value string) []ec2types.TagSpecification {
	return []ec2types.TagSpecification{{ResourceType: kind, Tags: []ec2types.Tag{{Key: aws.String(key), Value: aws.String(value)}}}}
}

// An image is made of an instance with our tag, and it and its snapshots get ours; what has it not stays.
func TestImagesAreMadeAndTakenAwayByTags(t *testing.T) {
	inAccount(t, func(a *account) {
		client := ec2.NewFromConfig(a.config())
		theirs := *must(t, client.DescribeImages, &ec2.DescribeImagesInput{}).Images[0].ImageId
		launch := func(tags []ec2types.TagSpecification) string {
			out := must(t, client.RunInstances, &ec2.RunInstancesInput{
				ImageId: &theirs, InstanceType: ec2types.InstanceTypeT3Micro, MinCount: aws.Int32(1), MaxCount: aws.Int32(1), TagSpecifications: tags,
			})
			return *out.Instances[0].InstanceId
		}
		member, builder := launch(nil), launch(tagged(ec2types.ResourceTypeInstance, "made-by", "us"))
		_ = a.aws.Account.Clock.Sleep(t.Context(), time.Minute)
		image := func(id, name string) call {
			return func(_ context.Context, config aws.Config) error {
				_, err := ec2.NewFromConfig(config).CreateImage(t.Context(), &ec2.CreateImageInput{
					InstanceId: &id, Name: &name, NoReboot: aws.Bool(true), TagSpecifications: tagged(ec2types.ResourceTypeImage, "made-by", "us"),
				})
				return err
			}
		}
		ours := `"Condition": {"StringEquals": {"aws:ResourceTag/made-by": "us"}}}`
		policy := `{"Effect": "Allow", "Action": "ec2:CreateImage", "Resource": "arn:aws:ec2:*:*:instance/*", ` + ours
		a.allow("[" + policy + "]")
		a.wants("of an instance that is not ours", a.calls(image(member, "web-1")), "UnauthorizedOperation", "ec2:CreateImage on resource: ", "instance/"+member)
		a.wants("without the image", a.calls(image(builder, "web-1")), "ec2:CreateImage on resource: arn:aws:ec2:ap-northeast-1::image/*")
		policy += `, {"Effect": "Allow", "Action": "ec2:CreateImage", "Resource": "arn:aws:ec2:*::image/*", "Condition": {"StringEquals": {"aws:RequestTag/made-by": "us"}}}`
		a.allow("[" + policy + "]")
		a.wants("without the snapshots", a.calls(image(builder, "web-1")), "ec2:CreateImage on resource: arn:aws:ec2:ap-northeast-1::snapshot/*")
		policy += `, {"Effect": "Allow", "Action": "ec2:CreateImage", "Resource": "arn:aws:ec2:*::snapshot/*"}`
		a.allow("[" + policy + "]")
		a.wants("without the tags", a.calls(image(builder, "web-1")), "ec2:CreateTags on resource: arn:aws:ec2:ap-northeast-1::image/*")
		policy += `, {"Effect": "Allow", "Action": "ec2:CreateTags", "Resource": "arn:aws:ec2:*::image/*", "Condition": {"StringEquals": {"ec2:CreateAction": "CreateImage"}}},
			{"Effect": "Allow", "Action": "ec2:DeregisterImage", "Resource": "arn:aws:ec2:*::image/*", ` + ours
		a.allow("[" + policy + "]")
		a.wants("with all", a.calls(image(builder, "web-1")), "done")
		made := must(t, client.DescribeImages, &ec2.DescribeImagesInput{Filters: []ec2types.Filter{{Name: aws.String("name"), Values: []string{"web-1"}}}})
		deregister := func(id string) call {
			return func(_ context.Context, config aws.Config) error {
				_, err := ec2.NewFromConfig(config).DeregisterImage(t.Context(), &ec2.DeregisterImageInput{ImageId: &id})
				return err
			}
		}
		whole := func(_ context.Context, config aws.Config) error {
			_, err := ec2.NewFromConfig(config).DeregisterImage(t.Context(), &ec2.DeregisterImageInput{ImageId: made.Images[0].ImageId, DeleteAssociatedSnapshots: aws.Bool(true)})
			return err
		}
		a.wants("with its snapshots", a.calls(whole), "UnauthorizedOperation", "ec2:DeleteSnapshot on resource: arn:aws:ec2:ap-northeast-1::snapshot/snap-")
		a.wants("an image of others", a.calls(deregister(theirs)), "UnauthorizedOperation", "ec2:DeregisterImage on resource: arn:aws:ec2:ap-northeast-1::image/"+theirs)
		a.wants("our own", a.calls(deregister(*made.Images[0].ImageId)), "done")
	})
}

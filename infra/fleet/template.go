package fleet

import (
	_ "embed"
	"strings"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/jsii-runtime-go"
	"github.com/cdklabs/cdk-nag-go/cdknag/v2"

	"bluegreen/infra/settings"
)

// image is Amazon Linux 2023. It is looked up when the stack is deployed: a version of the template means one image for
// ever, and a fleet's instances are alike whenever they are launched.
const image = "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-arm64"

//go:embed web.sh
var web string

// launchTemplate is what every instance of the lineage runs: a change of it is what a deployment brings.
func launchTemplate(stack awscdk.Stack, s settings.Settings, at place) awsec2.CfnLaunchTemplate {
	ami := awscdk.NewCfnParameter(stack, jsii.String("Image"), &awscdk.CfnParameterProps{
		Type:        jsii.String("AWS::SSM::Parameter::Value<AWS::EC2::Image::Id>"),
		Default:     image,
		Description: jsii.String("The newest image when the stack is deployed"),
	})
	return awsec2.NewCfnLaunchTemplate(stack, jsii.String("Template"), &awsec2.CfnLaunchTemplateProps{
		LaunchTemplateName: jsii.String(s.Prefix()),
		LaunchTemplateData: &awsec2.CfnLaunchTemplate_LaunchTemplateDataProperty{
			ImageId:            ami.ValueAsString(),
			InstanceType:       jsii.String("t4g.micro"),
			SecurityGroupIds:   &[]*string{at.groups.Instances},
			IamInstanceProfile: &awsec2.CfnLaunchTemplate_IamInstanceProfileProperty{Arn: profile(stack, s).AttrArn()},
			UserData:           awscdk.Fn_Base64(jsii.String(strings.ReplaceAll(web, "@FLEET@", s.Prefix()))),
			MetadataOptions: &awsec2.CfnLaunchTemplate_MetadataOptionsProperty{
				HttpTokens:              jsii.String("required"),
				HttpPutResponseHopLimit: jsii.Number(1),
			},
			BlockDeviceMappings: &[]any{&awsec2.CfnLaunchTemplate_BlockDeviceMappingProperty{
				DeviceName: jsii.String("/dev/xvda"),
				Ebs: &awsec2.CfnLaunchTemplate_EbsProperty{
					VolumeType: jsii.String("gp3"), VolumeSize: jsii.Number(8), Encrypted: jsii.Bool(true), DeleteOnTermination: jsii.Bool(true),
				},
			}},
			// A group's tags reach its instances, but not their volumes (aws-facts A5).
			TagSpecifications: &[]any{&awsec2.CfnLaunchTemplate_TagSpecificationProperty{
				ResourceType: jsii.String("volume"),
				Tags: &[]*awscdk.CfnTag{
					{Key: jsii.String("Project"), Value: &s.Project},
					{Key: jsii.String("Role"), Value: &s.Role},
					{Key: jsii.String("Environment"), Value: &s.Environment},
				},
			}},
		},
	})
}

// profile gives the instances the role that Systems Manager's agent needs, for drains and for sessions, and nothing else.
func profile(stack awscdk.Stack, s settings.Settings) awsiam.CfnInstanceProfile {
	name := jsii.String(s.InstanceRole(*awscdk.Aws_REGION()))
	role := awsiam.NewRole(stack, jsii.String("InstanceRole"), &awsiam.RoleProps{
		RoleName:    name,
		Description: jsii.String("What the instances of " + s.Prefix() + " may do: be managed by Systems Manager"),
		AssumedBy:   awsiam.NewServicePrincipal(jsii.String("ec2.amazonaws.com"), nil),
		ManagedPolicies: &[]awsiam.IManagedPolicy{
			awsiam.ManagedPolicy_FromAwsManagedPolicyName(jsii.String("AmazonSSMManagedInstanceCore")),
		},
	})
	cdknag.NagSuppressions_AddResourceSuppressions(role, &[]*cdknag.NagPackSuppression{{
		Id:        jsii.String("AwsSolutions-IAM4"),
		Reason:    jsii.String("AWS keeps in it what its agent calls, most of it without resources to narrow it to; a copy would fall behind the agent."),
		AppliesTo: &[]any{"Policy::arn:<AWS::Partition>:iam::aws:policy/AmazonSSMManagedInstanceCore"},
	}}, nil)
	profile := awsiam.NewCfnInstanceProfile(stack, jsii.String("InstanceProfile"), &awsiam.CfnInstanceProfileProps{
		InstanceProfileName: name,
		Roles:               &[]any{role.RoleName()},
	})
	// Instances that run, and versions of the template that are pinned, go on with those that are replaced.
	for _, resource := range []awscdk.CfnResource{role.Node().DefaultChild().(awscdk.CfnResource), profile} {
		resource.CfnOptions().SetUpdateReplacePolicy(awscdk.CfnDeletionPolicy_RETAIN)
		resource.CfnOptions().SetDeletionPolicy(awscdk.CfnDeletionPolicy_DELETE)
	}
	return profile
}

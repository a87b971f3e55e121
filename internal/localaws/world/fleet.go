package world

import (
	"cmp"
	"context"
	"encoding/base64"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling"
	asgtypes "github.com/aws/aws-sdk-go-v2/service/autoscaling/types"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	ec2types "github.com/aws/aws-sdk-go-v2/service/ec2/types"
	elbv2 "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	elbtypes "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
	ssmtypes "github.com/aws/aws-sdk-go-v2/service/ssm/types"

	"bluegreen/internal/text"
)

// appPort is the port that the application listens on.
const appPort = 8080

// healthPath is the path that health checks ask for.
const healthPath = "/health"

// waitLimit is how long a fleet may take to serve, in the clock's time.
const waitLimit = 15 * time.Minute

// images registers two images of the application: what blue runs, and what green will run.
func (s Seeder) images(ctx context.Context, plan Plan, w *World) error {
	for number, id := range []*string{&w.BlueImage, &w.GreenImage} {
		image, err := s.ec2.RegisterImage(ctx, &ec2.RegisterImageInput{
			Name:         aws.String(fmt.Sprintf("%s-app-%d", plan.prefix(), number+1)),
			Architecture: ec2types.ArchitectureValuesX8664, RootDeviceName: aws.String("/dev/xvda"),
		})
		if err != nil {
			return err
		}
		*id = *image.ImageId
	}
	return nil
}

func (s Seeder) launchTemplate(ctx context.Context, plan Plan, w *World) error {
	ids, err := s.securityGroups(ctx)
	if err != nil {
		return err
	}
	w.InstanceType, w.InstanceProfile = string(ec2types.InstanceTypeT3Micro), plan.prefix()+"-instance"
	made, err := s.ec2.CreateLaunchTemplate(ctx, &ec2.CreateLaunchTemplateInput{
		LaunchTemplateName: aws.String(w.TemplateName),
		VersionDescription: aws.String("what blue runs"),
		LaunchTemplateData: &ec2types.RequestLaunchTemplateData{
			ImageId:          aws.String(w.BlueImage),
			InstanceType:     ec2types.InstanceTypeT3Micro,
			SecurityGroupIds: ids,
			UserData:         aws.String(base64.StdEncoding.EncodeToString([]byte("#!/bin/sh\nsystemctl start app\n"))),
			// As a team's template has them: who creates a group by it must be allowed both.
			IamInstanceProfile: &ec2types.LaunchTemplateIamInstanceProfileSpecificationRequest{Name: &w.InstanceProfile},
			TagSpecifications: []ec2types.LaunchTemplateTagSpecificationRequest{{
				ResourceType: ec2types.ResourceTypeInstance, Tags: []ec2types.Tag{{Key: aws.String("Project"), Value: &plan.Project}},
			}},
		},
	})
	if err == nil {
		w.TemplateID = aws.ToString(made.LaunchTemplate.LaunchTemplateId)
	}
	return err
}

// securityGroups are the default VPC's.
func (s Seeder) securityGroups(ctx context.Context) ([]string, error) {
	groups, err := s.ec2.DescribeSecurityGroups(ctx, &ec2.DescribeSecurityGroupsInput{
		Filters: []ec2types.Filter{{Name: aws.String("group-name"), Values: []string{"default"}}},
	})
	if err != nil {
		return nil, err
	}
	var ids []string
	for _, group := range groups.SecurityGroups {
		ids = append(ids, *group.GroupId)
	}
	return ids, nil
}

// subnets are the subnets of the default VPC.
func (s Seeder) subnets(ctx context.Context) (vpc string, ids []string, err error) {
	found, err := s.ec2.DescribeSubnets(ctx, &ec2.DescribeSubnetsInput{})
	if err != nil {
		return "", nil, err
	}
	for _, subnet := range found.Subnets {
		vpc = *subnet.VpcId
		ids = append(ids, *subnet.SubnetId)
	}
	if len(ids) == 0 {
		return "", nil, fmt.Errorf("the account has no subnet; a default VPC is needed")
	}
	return vpc, ids, nil
}

// builders notes the subnets of the zones that builders are launched in.
func (s Seeder) builders(ctx context.Context, plan Plan, w *World) error {
	if len(plan.BuilderZones) == 0 {
		return nil
	}
	found, err := s.ec2.DescribeSubnets(ctx, &ec2.DescribeSubnetsInput{})
	if err != nil {
		return err
	}
	for _, letter := range plan.BuilderZones {
		for _, subnet := range found.Subnets {
			if strings.HasSuffix(*subnet.AvailabilityZone, letter) {
				w.BuilderSubnets = append(w.BuilderSubnets, *subnet.SubnetId)
			}
		}
	}
	return nil
}

// serving waits until the whole fleet is InService and, behind a load balancer, healthy.
func (s Seeder) serving(ctx context.Context, plan Plan, w *World) error {
	return s.await(ctx, plan, w, "serve", s.readyInstances)
}

// agents waits for the agents that drains run through: a fleet whose instances are held before they end has drains.
func (s Seeder) agents(ctx context.Context, plan Plan, w *World) error {
	if !slices.ContainsFunc(plan.Hooks, func(h Hook) bool { return !h.Launching }) {
		return nil
	}
	return s.await(ctx, plan, w, "have an agent", s.readyAgents)
}

// readyAgents is how much of the capacity that serves has an agent.
func (s Seeder) readyAgents(ctx context.Context, _ Plan, _ *World) (int, error) {
	online := 0
	pages := ssm.NewDescribeInstanceInformationPaginator(s.ssm, &ssm.DescribeInstanceInformationInput{MaxResults: aws.Int32(50)})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return 0, err
		}
		for _, agent := range page.InstanceInformationList {
			online += s.weights[*agent.InstanceId]
		}
	}
	return online, nil
}

// await looks until as much capacity as the plan wants is ready.
func (s Seeder) await(ctx context.Context, plan Plan, w *World, what string, look func(context.Context, Plan, *World) (int, error)) error {
	began := s.Clock.Now()
	for {
		ready, err := look(ctx, plan, w)
		if err != nil {
			return err
		}
		if ready >= int(plan.Desired) {
			return nil
		}
		if s.Clock.Now().Sub(began) > waitLimit {
			return fmt.Errorf("%d of %d instances of %s %s after %s; aws autoscaling describe-scaling-activities %s says why",
				ready, plan.Desired, w.GroupName, what, waitLimit, text.Option("--auto-scaling-group-name", w.GroupName))
		}
		if err := s.Clock.Sleep(ctx, cmp.Or(s.Pause, 5*time.Second)); err != nil {
			return err
		}
	}
}

// readyInstances is how much of the fleet's capacity is InService and healthy wherever that shows.
func (s Seeder) readyInstances(ctx context.Context, plan Plan, w *World) (int, error) {
	groups, err := s.autoscaling.DescribeAutoScalingGroups(ctx, &autoscaling.DescribeAutoScalingGroupsInput{AutoScalingGroupNames: []string{w.GroupName}})
	if err != nil {
		return 0, err
	}
	inService := 0
	for _, group := range groups.AutoScalingGroups {
		for _, instance := range group.Instances {
			weight, err := strconv.Atoi(cmp.Or(aws.ToString(instance.WeightedCapacity), "1"))
			if err != nil {
				return 0, err
			}
			s.weights[*instance.InstanceId] = weight
			if instance.LifecycleState == asgtypes.LifecycleStateInService {
				inService += weight
			}
		}
	}
	for _, arn := range w.TargetGroupARNs {
		health, err := s.elbv2.DescribeTargetHealth(ctx, &elbv2.DescribeTargetHealthInput{TargetGroupArn: &arn})
		if err != nil {
			return 0, err
		}
		healthy := 0
		for _, target := range health.TargetHealthDescriptions {
			if target.TargetHealth.State == elbtypes.TargetHealthStateEnumHealthy {
				healthy += s.weights[*target.Target.Id]
			}
		}
		if healthy < int(plan.Desired) {
			return healthy, nil
		}
	}
	if len(w.LoadBalancerNames) > 0 {
		healthy, err := s.classicInService(ctx, w)
		return min(inService, healthy), err
	}
	return inService, nil
}

// nextVersion is what a team does before it deploys: the launch template gets a version with the new image. Blue keeps
// what it runs; what is launched from $Latest from now on, which is green, runs the new one.
func (s Seeder) nextVersion(ctx context.Context, plan Plan, w *World) error {
	if parameter, named := strings.CutPrefix(plan.NextImage, "resolve:ssm:"); named {
		_, err := s.ssm.PutParameter(ctx, &ssm.PutParameterInput{
			Name: &parameter, Value: &w.GreenImage, Type: ssmtypes.ParameterTypeString, DataType: aws.String("aws:ec2:image"),
		})
		if err != nil {
			return err
		}
	}
	_, err := s.ec2.CreateLaunchTemplateVersion(ctx, &ec2.CreateLaunchTemplateVersionInput{
		LaunchTemplateName: &w.TemplateName, SourceVersion: aws.String("1"),
		VersionDescription: aws.String("what green will run"),
		LaunchTemplateData: &ec2types.RequestLaunchTemplateData{ImageId: aws.String(cmp.Or(plan.NextImage, w.GreenImage))},
	})
	return err
}

package localaws_test

import (
	"reflect"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/sfn"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/ssm"

	"bluegreen/internal/localaws"
	locallambda "bluegreen/internal/localaws/lambda"
	"bluegreen/internal/localaws/wire"
)

// lists holds whether lists of an answer that are empty are there, by name.
type lists struct{ *testing.T }

func (l lists) there(err error, named map[string]bool) {
	l.Helper()
	if err != nil {
		l.Error(err)
	}
	for name, there := range named {
		if !there {
			l.Errorf("%s is empty and left out; on AWS it is there", name)
		}
	}
}

func (l lists) leftOut(named map[string]bool) {
	l.Helper()
	for name, there := range named {
		if there {
			l.Errorf("%s is there, empty; AWS leaves it out", name)
		}
	}
}

// What AWS shows and leaves out of what is empty is taken from the examples of the aws CLI, which are its answers.
func TestEmptyListsOfAnswers(t *testing.T) {
	inAccount(t, localaws.Options{}, func(a *localaws.AWS, config aws.Config) {
		l := lists{t}
		l.group(a, config)
		l.network(config)
		l.balancing(config)
		if err := a.Functions.Define(locallambda.FunctionSpec{Name: "who", Timeout: 10 * time.Second}, locallambda.Code(whoAmI)); err != nil {
			t.Error(err)
		}
		l.objects(config)
	})
}

func (l lists) group(a *localaws.AWS, config aws.Config) {
	ctx, client := l.Context(), autoscaling.NewFromConfig(config)
	image, err := ec2.NewFromConfig(config).RegisterImage(ctx, &ec2.RegisterImageInput{Name: aws.String("plain"), Architecture: "arm64"})
	l.there(err, nil)
	_, err = client.CreateLaunchConfiguration(ctx, &autoscaling.CreateLaunchConfigurationInput{
		LaunchConfigurationName: aws.String("plain"), ImageId: image.ImageId, InstanceType: aws.String("m7g.large")})
	l.there(err, nil)
	_, err = client.CreateAutoScalingGroup(ctx, &autoscaling.CreateAutoScalingGroupInput{
		AutoScalingGroupName: aws.String("empty"), LaunchConfigurationName: aws.String("plain"), MinSize: aws.Int32(0), MaxSize: aws.Int32(0),
		AvailabilityZones: []string{config.Region + "a"}})
	l.there(err, nil)
	l.there(a.Account.Clock.Sleep(ctx, time.Minute), nil)
	groups, err := client.DescribeAutoScalingGroups(ctx, &autoscaling.DescribeAutoScalingGroupsInput{})
	if err != nil || len(groups.AutoScalingGroups) != 1 {
		l.Errorf("groups: %+v, %v", groups, err)
		return
	}
	g := groups.AutoScalingGroups[0]
	l.there(nil, map[string]bool{"Instances": g.Instances != nil, "Tags": g.Tags != nil, "TargetGroupARNs": g.TargetGroupARNs != nil,
		"LoadBalancerNames": g.LoadBalancerNames != nil, "TrafficSources": g.TrafficSources != nil,
		"SuspendedProcesses": g.SuspendedProcesses != nil, "EnabledMetrics": g.EnabledMetrics != nil})
	l.leftOut(map[string]bool{"AvailabilityZoneIds": g.AvailabilityZoneIds != nil && len(g.AvailabilityZoneIds) == 0})
	configurations, err := client.DescribeLaunchConfigurations(ctx, &autoscaling.DescribeLaunchConfigurationsInput{})
	if err != nil {
		l.Error(err)
		return
	}
	c := configurations.LaunchConfigurations[0]
	l.there(nil, map[string]bool{"SecurityGroups": c.SecurityGroups != nil, "BlockDeviceMappings": c.BlockDeviceMappings != nil,
		"ClassicLinkVPCSecurityGroups": c.ClassicLinkVPCSecurityGroups != nil})
	policies, err := client.DescribePolicies(ctx, &autoscaling.DescribePoliciesInput{})
	l.there(err, map[string]bool{"ScalingPolicies": policies.ScalingPolicies != nil})
}

func (l lists) network(config aws.Config) {
	ctx, client := l.Context(), ec2.NewFromConfig(config)
	zones, err := client.DescribeAvailabilityZones(ctx, &ec2.DescribeAvailabilityZonesInput{})
	if err != nil {
		l.Error(err)
		return
	}
	l.there(nil, map[string]bool{"Messages of a zone": zones.AvailabilityZones[0].Messages != nil})
	subnets, err := client.DescribeSubnets(ctx, &ec2.DescribeSubnetsInput{})
	if err != nil {
		l.Error(err)
		return
	}
	l.there(nil, map[string]bool{"Ipv6CidrBlockAssociationSet of a subnet": subnets.Subnets[0].Ipv6CidrBlockAssociationSet != nil})
	l.leftOut(map[string]bool{"Tags of a subnet": subnets.Subnets[0].Tags != nil && len(subnets.Subnets[0].Tags) == 0})
}

func (l lists) balancing(config aws.Config) {
	ctx, client := l.Context(), elasticloadbalancingv2.NewFromConfig(config)
	made, err := client.CreateTargetGroup(ctx, &elasticloadbalancingv2.CreateTargetGroupInput{Name: aws.String("spare"), Protocol: "HTTP",
		Port: aws.Int32(80), VpcId: vpc(l.T, config)})
	if err != nil {
		l.Error(err)
		return
	}
	l.there(nil, map[string]bool{"LoadBalancerArns": made.TargetGroups[0].LoadBalancerArns != nil})
	health, err := client.DescribeTargetHealth(ctx, &elasticloadbalancingv2.DescribeTargetHealthInput{TargetGroupArn: made.TargetGroups[0].TargetGroupArn})
	l.there(err, map[string]bool{"TargetHealthDescriptions": health.TargetHealthDescriptions != nil})
}

func vpc(t *testing.T, config aws.Config) *string {
	vpcs, err := ec2.NewFromConfig(config).DescribeVpcs(t.Context(), &ec2.DescribeVpcsInput{})
	if err != nil {
		t.Error(err)
		return nil
	}
	return vpcs.Vpcs[0].VpcId
}

func (l lists) objects(config aws.Config) {
	ctx := l.Context()
	machines, err := sfn.NewFromConfig(config).ListStateMachines(ctx, &sfn.ListStateMachinesInput{})
	l.there(err, map[string]bool{"stateMachines": machines.StateMachines != nil})
	parameters, err := ssm.NewFromConfig(config).GetParameters(ctx, &ssm.GetParametersInput{Names: []string{"/none"}})
	l.there(err, map[string]bool{"Parameters": parameters.Parameters != nil})
	queues := sqs.NewFromConfig(config)
	queue, err := queues.CreateQueue(ctx, &sqs.CreateQueueInput{QueueName: aws.String("idle")})
	l.there(err, nil)
	received, err := queues.ReceiveMessage(ctx, &sqs.ReceiveMessageInput{QueueUrl: queue.QueueUrl})
	l.there(err, nil)
	l.leftOut(map[string]bool{"Messages": received.Messages != nil})
	function, err := lambda.NewFromConfig(config).GetFunctionConfiguration(ctx, &lambda.GetFunctionConfigurationInput{FunctionName: aws.String("who")})
	l.there(err, nil)
	l.leftOut(map[string]bool{"Layers": function.Layers != nil, "FileSystemConfigs": function.FileSystemConfigs != nil})
}

// TestEmptyListsAreOfAnswers holds that what the services say of empty lists is said of lists that their answers have.
func TestEmptyListsAreOfAnswers(t *testing.T) {
	inAccount(t, localaws.Options{}, func(a *localaws.AWS, _ aws.Config) {
		for _, service := range []wire.Service{
			a.Compute.Service(), a.Balancers.Service(), a.Groups.Service(), a.Tables.Service(), a.Functions.Service(), a.Commands.Service(),
			a.Queues.Service(), a.Repositories.Service(), a.Pipelines.Service(), a.Traces.Service(), a.Alarms.Service(),
		} {
			found := map[string]bool{}
			for _, operation := range service.Operations {
				listsOf(operation.Output, found, map[reflect.Type]bool{})
			}
			for name := range service.EmptyLists {
				if !found[name] {
					t.Errorf("%s: no answer has a list %s", service.SigningName, name)
				}
			}
		}
	})
}

func listsOf(t reflect.Type, found map[string]bool, seen map[reflect.Type]bool) {
	for t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice || t.Kind() == reflect.Map {
		t = t.Elem()
	}
	if t.Kind() != reflect.Struct || seen[t] {
		return
	}
	seen[t] = true
	for i := range t.NumField() {
		if field := t.Field(i); field.IsExported() {
			found[t.Name()+"."+field.Name] = field.Type.Kind() == reflect.Slice
			listsOf(field.Type, found, seen)
		}
	}
}

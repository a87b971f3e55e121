package world_test

import (
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	dynamotypes "github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	elbv2 "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	elbtypes "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"

	"bluegreen/internal/clock"
	"bluegreen/internal/localaws"
	"bluegreen/internal/localaws/wire"
	"bluegreen/internal/localaws/world"
)

// inAccount runs f as a task of the virtual clock of a fresh account.
func inAccount(t *testing.T, f func(v *clock.Virtual, config aws.Config)) {
	t.Helper()
	v := clock.NewVirtual(time.Date(2026, 11, 21, 3, 0, 0, 0, time.UTC))
	defer v.Close()
	a := localaws.New(localaws.Options{Clock: v, Seed: 1})
	v.Run(func() { f(v, a.Endpoint.Config(wire.Caller{})) })
}

func TestSeedLeavesAServingFleet(t *testing.T) {
	inAccount(t, func(v *clock.Virtual, config aws.Config) {
		w, err := world.Seeder{Config: config, Clock: v}.Seed(t.Context(), world.DefaultPlan())
		if err != nil {
			t.Error(err)
			return
		}
		groups, err := autoscaling.NewFromConfig(config).DescribeAutoScalingGroups(t.Context(), &autoscaling.DescribeAutoScalingGroupsInput{
			AutoScalingGroupNames: []string{"ec-mqagt-dev-asg"},
		})
		if err != nil || len(groups.AutoScalingGroups) != 1 {
			t.Errorf("groups: %v, %v", groups, err)
			return
		}
		if g := groups.AutoScalingGroups[0]; *g.MinSize != 2 || *g.DesiredCapacity != 4 || *g.MaxSize != 8 || len(g.Instances) != 4 {
			t.Errorf("sizes %d/%d/%d, %d instances; want 2/4/8 and 4", *g.MinSize, *g.DesiredCapacity, *g.MaxSize, len(g.Instances))
		}
		health, err := elbv2.NewFromConfig(config).DescribeTargetHealth(t.Context(), &elbv2.DescribeTargetHealthInput{TargetGroupArn: &w.TargetGroupARN})
		if err != nil {
			t.Error(err)
			return
		}
		for _, target := range health.TargetHealthDescriptions {
			if target.TargetHealth.State != elbtypes.TargetHealthStateEnumHealthy {
				t.Errorf("%s is %s", *target.Target.Id, target.TargetHealth.State)
			}
		}
	})
}

func TestSeedMakesTheNextVersionForGreen(t *testing.T) {
	inAccount(t, func(v *clock.Virtual, config aws.Config) {
		w, err := world.Seeder{Config: config, Clock: v}.Seed(t.Context(), world.DefaultPlan())
		if err != nil {
			t.Error(err)
			return
		}
		client := ec2.NewFromConfig(config)
		versions, err := client.DescribeLaunchTemplateVersions(t.Context(), &ec2.DescribeLaunchTemplateVersionsInput{
			LaunchTemplateName: &w.TemplateName, Versions: []string{"$Latest"},
		})
		if err != nil {
			t.Error(err)
			return
		}
		latest := versions.LaunchTemplateVersions[0]
		if *latest.VersionNumber != 2 || *latest.LaunchTemplateData.ImageId != w.GreenImage || string(latest.LaunchTemplateData.InstanceType) != w.InstanceType {
			t.Errorf("latest: version %d with %s, want 2 with %s", *latest.VersionNumber, *latest.LaunchTemplateData.ImageId, w.GreenImage)
		}
		instances, err := client.DescribeInstances(t.Context(), &ec2.DescribeInstancesInput{})
		if err != nil {
			t.Error(err)
			return
		}
		for _, reservation := range instances.Reservations {
			for _, instance := range reservation.Instances {
				if *instance.ImageId != w.BlueImage {
					t.Errorf("%s of blue runs %s, want %s", *instance.InstanceId, *instance.ImageId, w.BlueImage)
				}
			}
		}
	})
}

func TestSeedMakesTheLedgersTable(t *testing.T) {
	inAccount(t, func(v *clock.Virtual, config aws.Config) {
		plan := world.DefaultPlan()
		plan.Balanced = false
		w, err := world.Seeder{Config: config, Clock: v}.Seed(t.Context(), plan)
		if err != nil {
			t.Error(err)
			return
		}
		table, err := dynamodb.NewFromConfig(config).DescribeTable(t.Context(), &dynamodb.DescribeTableInput{TableName: &w.LedgerTable})
		if err != nil {
			t.Error(err)
			return
		}
		key := table.Table.KeySchema[0]
		if table.Table.TableStatus != dynamotypes.TableStatusActive || *key.AttributeName != world.LedgerKey || key.KeyType != dynamotypes.KeyTypeHash {
			t.Errorf("the table is %s with key %s", table.Table.TableStatus, *key.AttributeName)
		}
		if w.TargetGroupARN != "" || w.ListenerARN != "" {
			t.Errorf("a fleet without a load balancer has %s and %s", w.TargetGroupARN, w.ListenerARN)
		}
	})
}

func TestSeedSaysWhichStepFailed(t *testing.T) {
	inAccount(t, func(v *clock.Virtual, config aws.Config) {
		seeder := world.Seeder{Config: config, Clock: v}
		if _, err := seeder.Seed(t.Context(), world.DefaultPlan()); err != nil {
			t.Error(err)
			return
		}
		_, err := seeder.Seed(t.Context(), world.DefaultPlan())
		if err == nil || !strings.Contains(err.Error(), "seed the images: ") || !strings.Contains(err.Error(), "InvalidAMIName.Duplicate") {
			t.Errorf("seeding twice: %v", err)
		}
	})
}

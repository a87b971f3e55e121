package balancer_test

import (
	"context"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	classic "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancing"
	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancing/types"
	"github.com/google/go-cmp/cmp"

	"bluegreen/internal/balancer"
	"bluegreen/internal/deploy"
)

// classicBalancer is a Classic Load Balancer that checks every 10 s, and drains for as long as is said; 0: it does not.
func (a *account) classicBalancer(name string, draining int32) deploy.Source {
	a.Helper()
	var subnets []string
	for _, subnet := range must(a, a.ec2.DescribeSubnets, &ec2.DescribeSubnetsInput{}).Subnets {
		subnets = append(subnets, *subnet.SubnetId)
	}
	must(a, a.classic.CreateLoadBalancer, &classic.CreateLoadBalancerInput{
		LoadBalancerName: &name, Subnets: subnets,
		Listeners: []types.Listener{{LoadBalancerPort: 80, InstancePort: aws.Int32(8080), Protocol: aws.String("HTTP")}},
	})
	must(a, a.classic.ConfigureHealthCheck, &classic.ConfigureHealthCheckInput{LoadBalancerName: &name, HealthCheck: &types.HealthCheck{
		Target: aws.String("HTTP:8080/"), Interval: aws.Int32(10), Timeout: aws.Int32(5), HealthyThreshold: aws.Int32(10), UnhealthyThreshold: aws.Int32(2),
	}})
	must(a, a.classic.ModifyLoadBalancerAttributes, &classic.ModifyLoadBalancerAttributesInput{LoadBalancerName: &name,
		LoadBalancerAttributes: &types.LoadBalancerAttributes{ConnectionDraining: &types.ConnectionDraining{Enabled: draining > 0, Timeout: aws.Int32(max(draining, 1))}}})
	return deploy.Source{Type: deploy.ClassicBalancer, ID: name}
}

// What a Classic Load Balancer says of its instances is said in the words of target groups; who left it is not listed.
func TestInstancesOfAClassicBalancer(t *testing.T) {
	meet(t, func(a *account) {
		front := a.classicBalancer("front", 300)
		ids := a.launch(3)
		members := []deploy.Instance{{ID: ids[0]}, {ID: ids[1]}, {ID: ids[2]}}
		shows := func(when string, want deploy.Targets) {
			t.Helper()
			traffic, err := a.balancers.Traffic(context.Background(), []deploy.Source{front}, members)
			if diff := cmp.Diff(deploy.Traffic{front: want}, traffic); err != nil || diff != "" {
				t.Errorf("%s: %v, -want +got\n%s", when, err, diff)
			}
		}
		instances := []types.Instance{{InstanceId: &ids[0]}, {InstanceId: &ids[1]}}
		must(a, a.classic.RegisterInstancesWithLoadBalancer, &classic.RegisterInstancesWithLoadBalancerInput{LoadBalancerName: &front.ID, Instances: instances})
		a.sleep(2 * time.Second)
		shows("while they are registered", deploy.Targets{ids[0]: deploy.TargetInitial, ids[1]: deploy.TargetInitial})
		a.sleep(40 * time.Second)
		shows("after one check", deploy.Targets{ids[0]: deploy.TargetHealthy, ids[1]: deploy.TargetHealthy})
		must(a, a.classic.DeregisterInstancesFromLoadBalancer, &classic.DeregisterInstancesFromLoadBalancerInput{LoadBalancerName: &front.ID, Instances: instances[:1]})
		a.sleep(2 * time.Second)
		shows("while one drains", deploy.Targets{ids[0]: deploy.TargetDraining, ids[1]: deploy.TargetHealthy})
		a.sleep(5 * time.Minute)
		shows("after it has drained", deploy.Targets{ids[1]: deploy.TargetHealthy})
		must(a, a.ec2.StopInstances, &ec2.StopInstancesInput{InstanceIds: ids[1:2]})
		a.sleep(time.Minute)
		shows("when one is stopped", deploy.Targets{ids[1]: "unhealthy"})
	})
}

func TestAClassicBalancerThatIsGone(t *testing.T) {
	meet(t, func(a *account) {
		gone, front := deploy.Source{Type: deploy.ClassicBalancer, ID: "gone"}, a.classicBalancer("front", 300)
		if _, err := a.balancers.Traffic(context.Background(), []deploy.Source{gone}, nil); !balancer.Gone(err) {
			t.Error(err)
		}
		traffic, exist, err := a.balancers.InUse(context.Background(), []deploy.Source{gone, front}, nil)
		if diff := cmp.Diff([]deploy.Source{front}, exist); err != nil || diff != "" || len(traffic) != 1 {
			t.Errorf("%v, %v, -want +got\n%s", traffic, err, diff)
		}
	})
}

// How long each takes over instances that come and go; a network load balancer's delay is not all of it.
func TestPace(t *testing.T) {
	meet(t, func(a *account) {
		web, net := deploy.TargetGroups([]string{a.targetGroup("web")})[0], deploy.TargetGroups([]string{a.networkGroup("net")})[0]
		for _, c := range []struct {
			sources []deploy.Source
			want    balancer.Pace
			gone    time.Duration
		}{
			{[]deploy.Source{web}, balancer.Pace{Delay: 300 * time.Second}, 300 * time.Second},
			{[]deploy.Source{a.classicBalancer("front", 60)}, balancer.Pace{Delay: time.Minute}, time.Minute},
			{[]deploy.Source{a.classicBalancer("abrupt", 0)}, balancer.Pace{}, 0},
			{[]deploy.Source{net}, balancer.Pace{Delay: 5 * time.Second, Lag: 2 * time.Minute}, 125 * time.Second},
			{[]deploy.Source{net, web}, balancer.Pace{Delay: 300 * time.Second, Lag: 2 * time.Minute}, 300 * time.Second},
		} {
			if got, err := a.balancers.Slowest(context.Background(), c.sources); err != nil || got != c.want || got.Gone() != c.gone {
				t.Errorf("%v: %+v, %v", c.sources, got, err)
			}
		}
		if seconds, err := a.balancers.Checked(context.Background(), []deploy.Source{{Type: deploy.ClassicBalancer, ID: "front"}, web}); err != nil || seconds != 50 {
			t.Errorf("checked in %d s, %v", seconds, err)
		}
	})
}

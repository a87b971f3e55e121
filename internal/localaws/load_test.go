package localaws_test

import (
	"math"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"
	"github.com/aws/aws-sdk-go-v2/service/route53"
	route53types "github.com/aws/aws-sdk-go-v2/service/route53/types"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"bluegreen/internal/localaws"
	"bluegreen/internal/localaws/world"
)

// loaded is an account with a fleet of four, and what reads its metrics.
type loaded struct {
	*testing.T
	aws    *localaws.AWS
	client *cloudwatch.Client
	config aws.Config
}

func inLoaded(t *testing.T, balanced bool, f func(l *loaded)) {
	t.Helper()
	inLoadedFleet(t, func(plan *world.Plan) { plan.Balanced = balanced }, f)
}

func inLoadedFleet(t *testing.T, change func(*world.Plan), f func(l *loaded)) {
	t.Helper()
	inAccount(t, localaws.Options{Seed: 1}, func(a *localaws.AWS, config aws.Config) {
		plan := world.DefaultPlan()
		plan.Project, plan.Role, plan.Metrics = "web", "app", []string{"GroupInServiceInstances"}
		change(&plan)
		if _, err := (world.Seeder{Config: config, Clock: a.Account.Clock, Pause: 20 * time.Second}).Seed(t.Context(), plan); err != nil {
			t.Error(err)
			return
		}
		f(&loaded{t, a, cloudwatch.NewFromConfig(config), config})
	})
}

func (l *loaded) pass(minutes int) {
	_ = l.aws.Account.Clock.Sleep(l.Context(), time.Duration(minutes)*time.Minute)
}

func (l *loaded) locked(f func()) {
	l.aws.Account.Lock()
	defer l.aws.Account.Unlock()
	f()
}

// values are a metric's points of the last minutes, the oldest first. Its dimensions are any with these names.
func (l *loaded) values(namespace, name, stat string, minutes int, dimensions ...string) []float64 {
	l.Helper()
	listed, err := l.client.ListMetrics(l.Context(), &cloudwatch.ListMetricsInput{Namespace: &namespace, MetricName: &name})
	if err != nil {
		l.Fatal(err)
	}
	for _, metric := range listed.Metrics {
		var names []string
		for _, d := range metric.Dimensions {
			names = append(names, *d.Name)
		}
		if !cmp.Equal(names, dimensions) {
			continue
		}
		now := l.aws.Account.Now().Truncate(time.Minute)
		out, err := l.client.GetMetricData(l.Context(), &cloudwatch.GetMetricDataInput{
			StartTime: aws.Time(now.Add(-time.Duration(minutes) * time.Minute)), EndTime: &now, ScanBy: types.ScanByTimestampAscending,
			MetricDataQueries: []types.MetricDataQuery{{Id: aws.String("m"), MetricStat: &types.MetricStat{Metric: &metric, Stat: &stat, Period: aws.Int32(60)}}},
		})
		if err != nil {
			l.Fatal(err)
		}
		return out.MetricDataResults[0].Values
	}
	return nil
}

func (l *loaded) want(what string, got []float64, want ...float64) {
	l.Helper()
	if !cmp.Equal(got, want, cmpopts.EquateApprox(0, 1e-9), cmpopts.EquateEmpty()) {
		l.Errorf("%s: %v, want %v", what, got, want)
	}
}

func TestLoadOfAListener(t *testing.T) {
	inLoaded(t, true, func(l *loaded) {
		l.pass(10)
		if got, err := l.client.ListMetrics(t.Context(), &cloudwatch.ListMetricsInput{}); err != nil || len(got.Metrics) != 0 {
			t.Errorf("metrics without a load: %v, %v", got, err)
		}
		listener := l.aws.Balancers.Listeners()[0].ARN
		l.locked(func() { l.aws.Loads.OnListener(listener, localaws.Load{Requests: 1200, Capacity: 400, Failing: 0.1}) })
		l.pass(2)
		l.locked(func() { l.aws.Loads.OnListener(listener, localaws.Load{Requests: 2400, Capacity: 400}) })
		l.pass(2)
		both := []string{"LoadBalancer", "TargetGroup"}
		l.want("requests", l.values("AWS/ApplicationELB", "RequestCount", "Sum", 4, both...), 1200, 1200, 2400, 2400)
		l.want("requests of the balancer", l.values("AWS/ApplicationELB", "RequestCount", "Sum", 4, "LoadBalancer"), 1200, 1200, 2400, 2400)
		l.want("a target", l.values("AWS/ApplicationELB", "RequestCountPerTarget", "Sum", 4, "TargetGroup"), 300, 300, 600, 600)
		l.want("failed", l.values("AWS/ApplicationELB", "HTTPCode_Target_5XX_Count", "Sum", 4, both...), 120, 120)
		l.want("healthy", l.values("AWS/ApplicationELB", "HealthyHostCount", "Minimum", 4, both...), 4, 4, 4, 4)
		l.want("CPU", l.values("AWS/EC2", "CPUUtilization", "Average", 4, "AutoScalingGroupName"), 75, 75, 100, 100)
		l.want("instances of the CPU", l.values("AWS/EC2", "CPUUtilization", "SampleCount", 4, "AutoScalingGroupName"), 4, 4, 4, 4)
		l.want("in service", l.values("AWS/AutoScaling", "GroupInServiceInstances", "Average", 2, "AutoScalingGroupName"), 4, 4)
		l.locked(func() { l.aws.Loads.OnListener(listener, localaws.Load{}) })
		l.pass(5)
		l.want("after its end", l.values("AWS/ApplicationELB", "RequestCount", "Sum", 4, both...))
	})
}

// A target group's own load stands in place of its listener's.
func TestLoadOfATargetGroup(t *testing.T) {
	inLoaded(t, true, func(l *loaded) {
		group, _ := l.aws.Groups.View("web-app-dev-asg")
		l.locked(func() {
			l.aws.Loads.OnListener(l.aws.Balancers.Listeners()[0].ARN, localaws.Load{Requests: 5000})
			l.aws.Loads.OnTargetGroup(group.Attachments[0].TargetGroupARN, localaws.Load{Requests: 240})
		})
		l.pass(2)
		l.want("requests", l.values("AWS/ApplicationELB", "RequestCount", "Sum", 1, "TargetGroup"), 240)
		l.want("CPU", l.values("AWS/EC2", "CPUUtilization", "Average", 1, "AutoScalingGroupName"), 10)
	})
}

// A Classic Load Balancer's metrics have its name.
func TestLoadOfAClassicLoadBalancer(t *testing.T) {
	inLoadedFleet(t, func(plan *world.Plan) { plan.Classics = 1 }, func(l *loaded) {
		l.locked(func() {
			l.aws.Loads.OnListener("web-app-dev:80", localaws.Load{Requests: 1200, Capacity: 400, Failing: 0.1})
		})
		l.pass(2)
		l.want("requests", l.values("AWS/ELB", "RequestCount", "Sum", 1, "LoadBalancerName"), 1200)
		l.want("failed", l.values("AWS/ELB", "HTTPCode_Backend_5XX", "Sum", 1, "LoadBalancerName"), 120)
		l.want("healthy", l.values("AWS/ELB", "HealthyHostCount", "Minimum", 1, "LoadBalancerName"), 4)
		l.want("CPU", l.values("AWS/EC2", "CPUUtilization", "Average", 1, "AutoScalingGroupName"), 75)
	})
}

// A Network Load Balancer counts connections: those that begin, and those that are open.
func TestLoadOfANetworkLoadBalancer(t *testing.T) {
	inLoadedFleet(t, func(plan *world.Plan) { plan.Network = true }, func(l *loaded) {
		group, _ := l.aws.Groups.View("web-app-dev-asg")
		l.locked(func() {
			l.aws.Loads.OnTargetGroup(group.Attachments[0].TargetGroupARN, localaws.Load{Requests: 1200, Open: 40})
			l.aws.Loads.Carried(func() map[string]int { return map[string]int{group.Attachments[0].TargetGroupARN: 2} })
		})
		l.pass(2)
		l.want("connections that began", l.values("AWS/NetworkELB", "NewFlowCount", "Sum", 1, "LoadBalancer"), 1200)
		l.want("connections that are open", l.values("AWS/NetworkELB", "ActiveFlowCount", "Average", 1, "LoadBalancer"), 42)
	})
}

// Those who reach a fleet by a name follow its record: most within its TTL, some much later.
func TestLoadOfAName(t *testing.T) {
	inLoadedFleet(t, func(plan *world.Plan) { plan.Classics = 2 }, func(l *loaded) {
		names := route53.NewFromConfig(l.config)
		zone, err := names.CreateHostedZone(t.Context(), &route53.CreateHostedZoneInput{Name: aws.String("example.com"), CallerReference: aws.String("1")})
		if err != nil {
			t.Error(err)
			return
		}
		point := func(balancer string) {
			var dnsName string
			l.locked(func() { dnsName, _ = l.aws.Classic.DNSName(balancer) })
			_, err := names.ChangeResourceRecordSets(t.Context(), &route53.ChangeResourceRecordSetsInput{HostedZoneId: zone.HostedZone.Id, ChangeBatch: &route53types.ChangeBatch{
				Changes: []route53types.Change{{Action: route53types.ChangeActionUpsert, ResourceRecordSet: &route53types.ResourceRecordSet{
					Name: aws.String("shop.example.com"), Type: route53types.RRTypeA,
					AliasTarget: &route53types.AliasTarget{DNSName: &dnsName, HostedZoneId: aws.String("Z14GRHDCWA56QT")}}}}}})
			if err != nil {
				t.Error(err)
			}
		}
		requests := func(balancer string) (sum float64) {
			now := l.aws.Account.Now().Truncate(time.Minute)
			out, err := l.client.GetMetricStatistics(t.Context(), &cloudwatch.GetMetricStatisticsInput{
				Namespace: aws.String("AWS/ELB"), MetricName: aws.String("RequestCount"), Dimensions: []types.Dimension{{Name: aws.String("LoadBalancerName"), Value: &balancer}},
				StartTime: aws.Time(now.Add(-time.Minute)), EndTime: &now, Period: aws.Int32(60), Statistics: []types.Statistic{types.StatisticSum}})
			if err != nil {
				t.Error(err)
				return 0
			}
			for _, point := range out.Datapoints {
				sum += *point.Sum
			}
			return sum
		}
		point("web-app-dev")
		l.pass(2)
		l.locked(func() { l.aws.Loads.OnName("shop.example.com", 80, localaws.Load{Requests: 1000}) })
		for _, step := range []struct {
			minutes   int
			blue, two float64
		}{{3, 1000, 0}, {4, 100, 900}, {15, 0, 1000}} {
			l.pass(step.minutes)
			if blue, two := requests("web-app-dev"), requests("web-app-dev-2"); math.Round(blue) != step.blue || math.Round(two) != step.two {
				t.Errorf("after %d minutes %v and %v requests, want %v and %v", step.minutes, blue, two, step.blue, step.two)
			}
			if step.minutes == 3 {
				point("web-app-dev-2")
			}
		}
	})
}

// Requests that the data plane sends count until the last minute with any.
func TestCountedRequests(t *testing.T) {
	inLoaded(t, true, func(l *loaded) {
		group, _ := l.aws.Groups.View("web-app-dev-asg")
		l.pass(1)
		l.locked(func() {
			for range 60 {
				l.aws.Loads.Count(group.Attachments[0].TargetGroupARN, group.Instances[0].ID)
			}
			l.aws.Loads.CountFailure(group.Attachments[0].TargetGroupARN)
		})
		l.pass(3)
		l.want("requests", l.values("AWS/ApplicationELB", "RequestCount", "Sum", 4, "TargetGroup"), 60)
		l.want("failures", l.values("AWS/ApplicationELB", "HTTPCode_ELB_5XX_Count", "Sum", 4, "LoadBalancer"), 1)
		l.want("CPU", l.values("AWS/EC2", "CPUUtilization", "Maximum", 4, "AutoScalingGroupName"), 10)
		l.want("mean CPU", l.values("AWS/EC2", "CPUUtilization", "Average", 4, "AutoScalingGroupName"), 2.5)
	})
}

// An alarm on a group without a load balancer sees its load, and tells people.
func TestAlarmOnALoad(t *testing.T) {
	inLoaded(t, false, func(l *loaded) {
		topic := l.aws.Account.ARN("sns", "web-app-dev-operators")
		_, err := l.client.PutMetricAlarm(t.Context(), &cloudwatch.PutMetricAlarmInput{
			AlarmName: aws.String("high"), Namespace: aws.String("AWS/EC2"), MetricName: aws.String("CPUUtilization"), Statistic: types.StatisticAverage,
			Dimensions: []types.Dimension{{Name: aws.String("AutoScalingGroupName"), Value: aws.String("web-app-dev-asg")}},
			Period:     aws.Int32(60), EvaluationPeriods: aws.Int32(2), Threshold: aws.Float64(50), ComparisonOperator: types.ComparisonOperatorGreaterThanThreshold,
			AlarmActions: []string{topic},
		})
		if err != nil {
			t.Fatal(err)
		}
		state := func() string {
			out, err := l.client.DescribeAlarms(t.Context(), &cloudwatch.DescribeAlarmsInput{AlarmNames: []string{"high"}})
			if err != nil {
				t.Fatal(err)
			}
			return string(out.MetricAlarms[0].StateValue)
		}
		l.pass(5)
		if got := state(); got != "INSUFFICIENT_DATA" {
			t.Errorf("without a load: %s", got)
		}
		l.locked(func() { l.aws.Loads.OnGroup("web-app-dev-asg", localaws.Load{Requests: 1800, Capacity: 500}) })
		l.pass(5)
		if got := state(); got != "ALARM" {
			t.Errorf("at 90 %%: %s", got)
		}
		l.locked(func() { l.aws.Loads.OnGroup("web-app-dev-asg", localaws.Load{Requests: 200, Capacity: 500}) })
		l.pass(5)
		if got := state(); got != "OK" {
			t.Errorf("at 10 %%: %s", got)
		}
		told := 0
		l.locked(func() {
			for _, message := range l.aws.Topics.Messages(topic) {
				if strings.HasPrefix(message.Subject, `ALARM: "high"`) {
					told++
				}
			}
		})
		if told != 1 {
			t.Errorf("people were told %d times", told)
		}
	})
}

package balancer

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	cwtypes "github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"
	classic "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancing"
	elb "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"

	"bluegreen/internal/deploy"
	"bluegreen/internal/ledger"
	"bluegreen/internal/text"
)

// metrics reads what CloudWatch counts.
type metrics interface {
	GetMetricStatistics(context.Context, *cloudwatch.GetMetricStatisticsInput, ...func(*cloudwatch.Options)) (*cloudwatch.GetMetricStatisticsOutput, error)
}

// entries is what is read of load balancers themselves.
type entries interface {
	DescribeLoadBalancers(context.Context, *elb.DescribeLoadBalancersInput, ...func(*elb.Options)) (*elb.DescribeLoadBalancersOutput, error)
}

var (
	_ metrics = (*cloudwatch.Client)(nil)
	_ entries = (*elb.Client)(nil)
)

// Entry is a load balancer as clients reach it.
type Entry struct {
	ID            string // its ARN, of a Classic Load Balancer its name
	DNSName, Zone string // DNSName in lower case; Zone is that of Elastic Load Balancing's which it is in
}

// Name is what people call it.
func (e Entry) Name() string {
	if _, label, ok := strings.Cut(e.ID, ":loadbalancer/"); ok {
		return strings.Split(label, "/")[1]
	}
	return e.ID
}

// Deletion is the command by which a person deletes it.
func (e Entry) Deletion() string {
	if e.Name() == e.ID {
		return "aws elb delete-load-balancer " + text.Option("--load-balancer-name", e.ID)
	}
	return "aws elbv2 delete-load-balancer " + text.Option("--load-balancer-arn", e.ID)
}

// Entries are the load balancers of sources, each once, in their order. A target group that none uses has none, and what is gone is passed
// over.
func (b Balancers) Entries(ctx context.Context, sources []deploy.Source) ([]Entry, error) {
	var all []Entry
	for _, s := range sources {
		of := b.ofGroup
		if s.Type == deploy.ClassicBalancer {
			of = b.ofClassic
		}
		found, err := of(ctx, s.ID)
		if err != nil && !Gone(err) {
			return nil, fmt.Errorf("describing the load balancer of %s: %w", s.ID, err)
		}
		for _, entry := range found {
			if !slices.Contains(all, entry) {
				all = append(all, entry)
			}
		}
	}
	return all, nil
}

// Named is the load balancer that something which a deployment has made is; none where it is none, or is gone.
func (b Balancers) Named(ctx context.Context, made ledger.Made) (all []Entry, err error) {
	switch made.What {
	case ledger.MadeClassic:
		all, err = b.ofClassic(ctx, made.Name)
	case ledger.MadeBalancer:
		all, err = b.describe(ctx, &elb.DescribeLoadBalancersInput{Names: []string{made.Name}})
	}
	if err != nil && !Gone(err) {
		return nil, fmt.Errorf("describing %s %s: %w", made.What, made.Name, err)
	}
	return all, nil
}

// ofGroup are the load balancers that use a target group: one, if any (aws-facts B).
func (b Balancers) ofGroup(ctx context.Context, arn string) ([]Entry, error) {
	groups, err := b.targetGroups.reads.DescribeTargetGroups(ctx, &elb.DescribeTargetGroupsInput{TargetGroupArns: []string{arn}})
	if err != nil || len(groups.TargetGroups) == 0 || len(groups.TargetGroups[0].LoadBalancerArns) == 0 {
		return nil, err
	}
	return b.describe(ctx, &elb.DescribeLoadBalancersInput{LoadBalancerArns: groups.TargetGroups[0].LoadBalancerArns})
}

func (b Balancers) describe(ctx context.Context, in *elb.DescribeLoadBalancersInput) ([]Entry, error) {
	out, err := b.entries.DescribeLoadBalancers(ctx, in)
	if err != nil {
		return nil, err
	}
	var all []Entry
	for _, lb := range out.LoadBalancers {
		all = append(all, Entry{aws.ToString(lb.LoadBalancerArn), strings.ToLower(aws.ToString(lb.DNSName)), aws.ToString(lb.CanonicalHostedZoneId)})
	}
	return all, nil
}

// ofClassic is a Classic Load Balancer.
func (b Balancers) ofClassic(ctx context.Context, name string) ([]Entry, error) {
	out, err := b.classic.reads.DescribeLoadBalancers(ctx, &classic.DescribeLoadBalancersInput{LoadBalancerNames: []string{name}})
	if err != nil {
		return nil, err
	}
	var all []Entry
	for _, lb := range out.LoadBalancerDescriptions {
		all = append(all, Entry{aws.ToString(lb.LoadBalancerName), strings.ToLower(aws.ToString(lb.DNSName)), aws.ToString(lb.CanonicalHostedZoneNameID)})
	}
	return all, nil
}

// gone reports whether an error says that a load balancer does not exist.
func gone(err error) bool {
	var none *types.LoadBalancerNotFoundException
	return errors.As(err, &none)
}

// Use is how much a load balancer is used by those who reach it.
type Use struct {
	Requests float64 // that came; to a Network Load Balancer connections that began
	Open     float64 // connections that a Network Load Balancer had open, on average; 0 for the others, whose requests tell
}

// And is the use of several.
func (u Use) And(other Use) Use { return Use{u.Requests + other.Requests, u.Open + other.Open} }

// Use is how much a load balancer was used between two whole minutes. CloudWatch has a minute's counts a while after it, and none of a minute
// without any (aws-facts I7).
func (b Balancers) Use(ctx context.Context, e Entry, from, to time.Time) (u Use, err error) {
	namespace, metric, label := "AWS/ELB", "RequestCount", cwtypes.Dimension{Name: aws.String("LoadBalancerName"), Value: &e.ID}
	_, current, isCurrent := strings.Cut(e.ID, ":loadbalancer/")
	network := strings.HasPrefix(current, "net/")
	if isCurrent {
		namespace, label = "AWS/ApplicationELB", cwtypes.Dimension{Name: aws.String("LoadBalancer"), Value: &current}
	}
	if network {
		namespace, metric = "AWS/NetworkELB", "NewFlowCount"
	}
	in := &cloudwatch.GetMetricStatisticsInput{
		Namespace: &namespace, MetricName: &metric, Dimensions: []cwtypes.Dimension{label},
		StartTime: &from, EndTime: &to, Period: aws.Int32(60), Statistics: []cwtypes.Statistic{cwtypes.StatisticSum},
	}
	points, err := b.points(ctx, e, in)
	for _, p := range points {
		u.Requests += aws.ToFloat64(p.Sum)
	}
	if !network || err != nil {
		return u, err
	}
	in.MetricName, in.Statistics = aws.String("ActiveFlowCount"), []cwtypes.Statistic{cwtypes.StatisticAverage}
	points, err = b.points(ctx, e, in)
	for _, p := range points {
		u.Open += aws.ToFloat64(p.Average) / to.Sub(from).Minutes()
	}
	return u, err
}

func (b Balancers) points(ctx context.Context, e Entry, in *cloudwatch.GetMetricStatisticsInput) ([]cwtypes.Datapoint, error) {
	out, err := b.metrics.GetMetricStatistics(ctx, in)
	if err != nil {
		return nil, fmt.Errorf("reading how many requests reach %s: %w", e.Name(), err)
	}
	return out.Datapoints, nil
}

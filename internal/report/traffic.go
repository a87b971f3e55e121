package report

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"

	"bluegreen/internal/balancer"
	"bluegreen/internal/deploy"
	"bluegreen/internal/fleet"
)

// readTraffic reads how many requests the fleets' load balancers counted, and how many failed. A Network Load Balancer counts none.
func (r *Report) readTraffic(ctx context.Context, groups *autoscaling.Client, balancers balancer.Balancers, metrics *cloudwatch.Client) error {
	names := slices.DeleteFunc([]string{r.Blue, r.Green}, func(name string) bool { return name == "" })
	if len(names) == 0 {
		return nil // AWS would describe every group
	}
	described, err := fleet.Read(ctx, groups, names...)
	if err != nil {
		return err
	}
	var sources []deploy.Source
	for _, name := range names {
		sources = append(sources, described[name].Sources...)
	}
	sources = slices.DeleteFunc(sources, func(s deploy.Source) bool { return !balancers.Reads(s) })
	entries, err := balancers.Entries(ctx, sources)
	if err != nil {
		return err
	}
	for _, e := range entries {
		t := Traffic{Balancer: e.Name()}
		if t.Minutes, err = r.minutes(ctx, metrics, e); err != nil {
			return err
		}
		if len(t.Minutes) > 0 {
			r.Traffic = append(r.Traffic, t)
		}
	}
	return nil
}

// metric is what CloudWatch counts of a load balancer.
type metric struct {
	name   string
	failed bool
}

// counted are the metrics of a load balancer, with their namespace and dimension (aws-facts I7); none of a network one.
func counted(e balancer.Entry) (namespace string, of types.Dimension, all []metric) {
	_, label, v2 := strings.Cut(e.ID, ":loadbalancer/")
	switch {
	case !v2:
		return "AWS/ELB", types.Dimension{Name: aws.String("LoadBalancerName"), Value: &e.ID},
			[]metric{{"RequestCount", false}, {"HTTPCode_ELB_5XX", true}, {"HTTPCode_Backend_5XX", true}}
	case strings.HasPrefix(label, "app/"):
		return "AWS/ApplicationELB", types.Dimension{Name: aws.String("LoadBalancer"), Value: &label},
			[]metric{{"RequestCount", false}, {"HTTPCode_ELB_5XX_Count", true}, {"HTTPCode_Target_5XX_Count", true}}
	}
	return "", types.Dimension{}, nil
}

// minutes are those in which a load balancer had requests.
func (r *Report) minutes(ctx context.Context, metrics *cloudwatch.Client, e balancer.Entry) ([]Minute, error) {
	const most = 1440 // points that one call answers
	from, to := r.Began.Add(-margin).Truncate(time.Minute), r.Until.Add(2*margin).Truncate(time.Minute)
	if to.Sub(from) > most*time.Minute {
		from = to.Add(-most * time.Minute)
	}
	namespace, of, all := counted(e)
	byTime := make(map[time.Time]*Minute)
	for _, m := range all {
		out, err := metrics.GetMetricStatistics(ctx, &cloudwatch.GetMetricStatisticsInput{
			Namespace: &namespace, MetricName: &m.name, Dimensions: []types.Dimension{of},
			StartTime: &from, EndTime: &to, Period: aws.Int32(60), Statistics: []types.Statistic{types.StatisticSum},
		})
		if err != nil {
			return nil, fmt.Errorf("read %s of %s: %w", m.name, e.Name(), err)
		}
		for _, point := range out.Datapoints {
			at := aws.ToTime(point.Timestamp)
			if byTime[at] == nil {
				byTime[at] = &Minute{At: at}
			}
			if m.failed {
				byTime[at].Failed += aws.ToFloat64(point.Sum)
			} else {
				byTime[at].Requests += aws.ToFloat64(point.Sum)
			}
		}
	}
	var minutes []Minute
	for _, m := range byTime {
		minutes = append(minutes, *m)
	}
	slices.SortFunc(minutes, func(a, b Minute) int { return cmp.Or(a.At.Compare(b.At)) })
	return minutes, nil
}

package wire

import (
	"time"

	"bluegreen/internal/localaws/account"
)

// Settings are the figures of the API front end's time model. Keys are a service's signing name ("autoscaling") or one
// operation of it ("autoscaling:DescribeAutoScalingGroups"), which comes first.
type Settings struct {
	// Latency is how long a call takes from request to answer, without the effects that go on behind it. It must be
	// above zero, or a loop of calls would never let a virtual clock move.
	Latency   account.Duration
	Latencies map[string]account.Duration // by key, instead of Latency

	// Buckets throttle calls: an operation without a bucket of its own shares its service's; without either it is free.
	Buckets map[string]Bucket
}

// Bucket is a token bucket: a call takes one token.
type Bucket struct {
	Size   float64 // tokens when full: calls in a burst
	Refill float64 // tokens a second
}

// DefaultSettings are the figures of a quiet account.
//
//   - Latency: most calls answer within some tens of milliseconds; RunInstances takes seconds (aws-facts D: 1.5 s in
//     2021, 4.8 s in 2026).
//   - Buckets: Step Functions' are published (aws-facts C1; the smaller Regions' figures). EC2's is a bucket for each
//     operation, of which 100 and 20 a second is the published example (aws-facts A5). Auto Scaling's one bucket for all
//     calls and Elastic Load Balancing's are not published: they take EC2's example, as the cautious reading.
//     CloudWatch's for alarms are quotas in calls a second (aws-facts H2); their bursts are not published.
func DefaultSettings() Settings {
	return Settings{
		Latency: account.Duration{Min: 20 * time.Millisecond, Max: 120 * time.Millisecond},
		Latencies: map[string]account.Duration{
			"ec2:RunInstances": {Min: 1500 * time.Millisecond, Max: 4800 * time.Millisecond},
			"dynamodb":         {Min: 3 * time.Millisecond, Max: 15 * time.Millisecond},
			// The function's own time comes on top.
			"lambda:Invoke": {Min: 5 * time.Millisecond, Max: 20 * time.Millisecond},
		},
		Buckets: map[string]Bucket{
			"autoscaling":           {Size: 100, Refill: 20},
			"elasticloadbalancing":  {Size: 100, Refill: 20},
			"states:StartExecution": {Size: 800, Refill: 150},
			"ec2":                   {Size: 100, Refill: 20},
			"route53":               {Size: 5, Refill: 5}, // requests a second of an account (aws-facts I4)

			"monitoring:PutMetricAlarm":      {Size: 3, Refill: 3},
			"monitoring:PutCompositeAlarm":   {Size: 3, Refill: 3},
			"monitoring:DeleteAlarms":        {Size: 3, Refill: 3},
			"monitoring:SetAlarmState":       {Size: 3, Refill: 3},
			"monitoring:EnableAlarmActions":  {Size: 3, Refill: 3},
			"monitoring:DisableAlarmActions": {Size: 3, Refill: 3},
			"monitoring:DescribeAlarms":      {Size: 9, Refill: 9},
		},
	}
}

func (s *Settings) latency(service, operation string) account.Duration {
	if d, ok := s.Latencies[service+":"+operation]; ok {
		return d
	}
	if d, ok := s.Latencies[service]; ok {
		return d
	}
	return s.Latency
}

// bucket finds the bucket of an operation and the key that it is shared under.
func (s *Settings) bucket(service, operation string) (Bucket, string, bool) {
	key := service + ":" + operation
	if b, ok := s.Buckets[key]; ok {
		return b, key, true
	}
	b, ok := s.Buckets[service]
	if ok && service == "ec2" {
		// EC2 counts each operation by itself.
		return b, key, true
	}
	return b, service, ok
}

// level is what is in a bucket.
type level struct {
	tokens float64
	at     time.Time
}

// take takes a token at time now, if there is one.
func (l *level) take(b Bucket, now time.Time) bool {
	if l.at.IsZero() {
		l.tokens = b.Size
	} else if elapsed := now.Sub(l.at).Seconds(); elapsed > 0 {
		l.tokens = min(b.Size, l.tokens+elapsed*b.Refill)
	}
	l.at = now
	if l.tokens < 1 {
		return false
	}
	l.tokens--
	return true
}

package scenario

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	asgtypes "github.com/aws/aws-sdk-go-v2/service/autoscaling/types"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"
	"github.com/cockroachdb/datadriven"

	"bluegreen/internal/localaws"
)

// scaling tells of each group's scaling policies, and of the alarms that act on them: people's and the copies by name, those
// that AWS makes for target tracking by number. Then of alarms that act on no policy of a group.
func (s *Script) scaling(context.Context, *datadriven.TestData) (string, error) {
	s.r.AWS.Account.Lock()
	defer s.r.AWS.Account.Unlock()
	all, tags := s.r.AWS.Alarms.Metric()
	var b strings.Builder
	acting := make(map[string]bool)
	for _, group := range s.r.AWS.Groups.Names() {
		for _, policy := range s.r.AWS.Groups.Policies(group) {
			fmt.Fprintf(&b, "%s: %s\n", group, policyText(policy))
			for _, alarm := range all {
				if slices.Contains(actionsOf(alarm), *policy.PolicyARN) {
					acting[*alarm.AlarmName] = true
					if *policy.PolicyType != "TargetTrackingScaling" {
						fmt.Fprintf(&b, "  %s\n", alarmText(alarm, tags[*alarm.AlarmName]))
					}
				}
			}
		}
	}
	for _, alarm := range all {
		if !acting[*alarm.AlarmName] {
			fmt.Fprintf(&b, "elsewhere: %s\n", alarmText(alarm, tags[*alarm.AlarmName]))
		}
	}
	return b.String(), nil
}

func actionsOf(alarm types.MetricAlarm) []string {
	return slices.Concat(alarm.AlarmActions, alarm.OKActions, alarm.InsufficientDataActions)
}

func policyText(p asgtypes.ScalingPolicy) string {
	said := fmt.Sprintf("%s %s, %s", *p.PolicyType, *p.PolicyName, onOff(p.Enabled))
	if forecast := p.PredictiveScalingConfiguration; forecast != nil {
		said += ", " + string(forecast.Mode)
	}
	if len(p.Alarms) > 0 && *p.PolicyType == "TargetTrackingScaling" {
		said += fmt.Sprintf(", %d alarms of AWS's", len(p.Alarms))
	}
	return said
}

func alarmText(alarm types.MetricAlarm, tags []types.Tag) string {
	said := fmt.Sprintf("alarm %s, actions %s", *alarm.AlarmName, onOff(alarm.ActionsEnabled))
	for _, d := range alarm.Dimensions {
		said += fmt.Sprintf(", %s %s", *d.Name, *d.Value)
	}
	for _, tag := range tags {
		if !strings.HasPrefix(*tag.Key, "bluegreen:") {
			said += fmt.Sprintf(", tag %s=%s", *tag.Key, *tag.Value)
		}
	}
	return said
}

func onOff(enabled *bool) string {
	if aws.ToBool(enabled) {
		return "on"
	}
	return "off"
}

// load sets how many requests a minute reach the fleet, how many take all of an instance, and how many connections clients keep open:
// requests=2400 capacity=600 open=40. With a record they come by its name, or by name=, else with a load balancer to its listener, else to
// group= (the seeded one).
func (s *Script) load(_ context.Context, d *datadriven.TestData) (string, error) {
	var load localaws.Load
	for key, value := range map[string]*float64{"requests": &load.Requests, "open": &load.Open, "capacity": &load.Capacity} {
		n, err := strconv.ParseFloat(argument(d, key, "0"), 64)
		if err != nil {
			return "", fmt.Errorf("load %s=: %w", key, err)
		}
		*value = n
	}
	s.r.AWS.Account.Lock()
	defer s.r.AWS.Account.Unlock()
	if name := argument(d, "name", s.r.World.Record); name != "" {
		s.r.AWS.Loads.OnName(name, 80, load)
	} else if listener := s.r.World.ListenerARN; listener != "" {
		s.r.AWS.Loads.OnListener(listener, load)
	} else {
		s.r.AWS.Loads.OnGroup(argument(d, "group", s.r.World.GroupName), load)
	}
	return "", nil
}

var policyWord = regexp.MustCompile(`POLICY\(([^/)]*)/([^)]*)\)`)

// policies puts the ARNs of scaling policies in place of POLICY(<group>/<policy>).
func (s *Script) policies(text string) string {
	s.r.AWS.Account.Lock()
	defer s.r.AWS.Account.Unlock()
	return policyWord.ReplaceAllStringFunc(text, func(word string) string {
		parts := policyWord.FindStringSubmatch(word)
		for _, policy := range s.r.AWS.Groups.Policies(parts[1]) {
			if *policy.PolicyName == parts[2] {
				return *policy.PolicyARN
			}
		}
		return word
	})
}

// targetLabel is the target group as a scaling policy's resource label names it; empty without a load balancer.
func (s *Script) targetLabel() string {
	_, balancer, ok := strings.Cut(s.r.World.LoadBalancerARN, ":loadbalancer/")
	if !ok {
		return ""
	}
	return balancer + "/" + s.r.World.TargetGroupARN[strings.LastIndex(s.r.World.TargetGroupARN, ":")+1:]
}

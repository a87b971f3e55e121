package clone

import (
	"encoding/json"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
)

// ofBalancers are the dimensions of metrics that load balancers and target groups have.
var ofBalancers = map[string]bool{"LoadBalancer": true, "LoadBalancerName": true, "TargetGroup": true}

// Balanced are the scaling policies of a fleet, and the alarms that act on them, that go by what a load balancer or target group counts, each in
// words. A copy that stands behind others would go by blue's.
func Balanced(blue Whole) []string {
	var all []string
	for _, policy := range blue.Policies {
		if label(policy) != "" || countsBalancer(policy) {
			all = append(all, fmt.Sprintf("scaling policy %s", aws.ToString(policy.PolicyName)))
		}
	}
	for _, alarm := range blue.Alarms {
		if countsBalancer(alarm) {
			all = append(all, fmt.Sprintf("alarm %s", aws.ToString(alarm.AlarmName)))
		}
	}
	return all
}

// countsBalancer reports whether a metric of a description has the dimension of a load balancer's.
func countsBalancer(described any) bool {
	var tree any
	if err := json.Unmarshal([]byte(text(described)), &tree); err != nil {
		return false // text has just written it
	}
	return hasBalancer(tree)
}

func hasBalancer(tree any) bool {
	switch branch := tree.(type) {
	case []any:
		for _, element := range branch {
			if hasBalancer(element) {
				return true
			}
		}
	case map[string]any:
		if name, ok := branch["Name"].(string); ok && ofBalancers[name] {
			return true
		}
		for _, element := range branch {
			if hasBalancer(element) {
				return true
			}
		}
	}
	return false
}

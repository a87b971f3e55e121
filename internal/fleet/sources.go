package fleet

import (
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling/types"

	"bluegreen/internal/deploy"
)

// sources are what a group is attached to. What is listed as a traffic source, and as a target group or a load balancer too, was attached
// as the latter.
func sources(group types.AutoScalingGroup) []deploy.Source {
	all := deploy.TargetGroups(group.TargetGroupARNs)
	for _, name := range group.LoadBalancerNames {
		all = append(all, deploy.Source{Type: deploy.ClassicBalancer, ID: name})
	}
	for _, listed := range group.TrafficSources {
		id := aws.ToString(listed.Identifier)
		if !slices.Contains(deploy.IDs(all), id) {
			all = append(all, deploy.Source{Type: sourceType(aws.ToString(listed.Type), id), ID: id, Named: true})
		}
	}
	return all
}

// sourceType is a traffic source's type; where AWS names none, its identifier says it.
func sourceType(named, id string) deploy.SourceType {
	switch {
	case named != "":
		return deploy.SourceType(named)
	case strings.Contains(id, ":vpc-lattice:"):
		return deploy.LatticeGroup
	case strings.HasPrefix(id, "arn:"):
		return deploy.TargetGroup
	}
	return deploy.ClassicBalancer
}

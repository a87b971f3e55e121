package attach

import (
	"context"
	"fmt"
	"slices"

	"bluegreen/internal/deploy"
	"bluegreen/internal/text"
)

// portFindings looks for instances that somebody has registered at another port than the target group's. No group takes them out
// there: blue would never be gone, and the deployment would turn back.
func (s strategy) portFindings(ctx context.Context, arn string, ports map[string][]int32, blue deploy.Fleet) ([]string, error) {
	twice := func(i deploy.Instance) bool { return len(ports[i.ID]) > 1 }
	if !slices.ContainsFunc(blue.Instances, twice) {
		return nil, nil
	}
	own, err := s.balancers.Port(ctx, arn)
	if err != nil {
		return nil, err
	}
	var findings []string
	for _, instance := range blue.Instances {
		for _, port := range ports[instance.ID] {
			if twice(instance) && port != own {
				findings = append(findings, fmt.Sprintf("its instance %s is registered in %s at port %d too, where EC2 Auto Scaling does not take it out: "+
					"take it out with aws elbv2 deregister-targets %s %s", instance.ID, arn, port,
					text.Option("--target-group-arn", arn), text.Option("--targets", fmt.Sprintf("Id=%s,Port=%d", instance.ID, port))))
			}
		}
	}
	return findings, nil
}

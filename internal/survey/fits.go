package survey

import (
	"fmt"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling/types"

	"bluegreen/internal/deploy"
	"bluegreen/internal/fleet"
)

// What EC2 Auto Scaling takes of a group (aws-facts A5, H5).
const (
	mostTags    = 50 // AWS's own, aws:…, do not count
	longestName = 255
)

// tagFindings looks whether green's own tags fit beside blue's.
func tagFindings(group types.AutoScalingGroup) []string {
	own := []string{deploy.TagProject, deploy.TagLineage, deploy.TagExecution}
	theirs := 0
	for _, tag := range group.Tags {
		if key := aws.ToString(tag.Key); !strings.HasPrefix(key, "aws:") && !slices.Contains(own, key) {
			theirs++
		}
	}
	over := theirs + len(own) - mostTags
	if over <= 0 {
		return nil
	}
	return []string{fmt.Sprintf("it has %s, and green gets %d more of ours: EC2 Auto Scaling takes %d of a group, so take %d away",
		deploy.Counted(theirs, "tag"), len(own), mostTags, over)}
}

// nameFindings looks whether green's name is one that a group may have.
func nameFindings(lineage string, generation int) []string {
	n := len(deploy.GreenName(lineage, generation))
	if n <= longestName {
		return nil
	}
	return []string{fmt.Sprintf("green would be called after its lineage, with a number behind, in %d characters, and EC2 Auto Scaling takes %d: "+
		"a name of the first group that is %d shorter fits", n, longestName, n-longestName)}
}

// fleetFindings looks whether the deployer's functions may change a group. None of its fleets are known: they may, or AWS says so.
func fleetFindings(name string, fleets []string) []string {
	may := func(pattern string) bool { return fits(name, pattern) || strings.HasPrefix(name, pattern+"-v") }
	if len(fleets) == 0 || slices.ContainsFunc(fleets, may) {
		return nil
	}
	return []string{fmt.Sprintf("it is none of this deployer's fleets (%s), so its functions may not change it: name it in the parameter fleets of the Deployer stack, "+
		"or deploy it by a deployer of its own", strings.Join(fleets, ", "))}
}

// fits reports whether a name is one of a pattern: a name, or the beginning of some with * behind.
func fits(name, pattern string) bool {
	prefix, open := strings.CutSuffix(pattern, "*")
	return name == pattern || open && strings.HasPrefix(name, prefix)
}

// roleFinding looks whether the deployer's functions may pass the role that a hook notifies with. Where none of its roles are known
// they may, or AWS says so.
func roleFinding(hook types.LifecycleHook, roles []string) string {
	_, role, named := strings.Cut(aws.ToString(hook.RoleARN), ":role/")
	if !named || len(roles) == 0 || slices.ContainsFunc(roles, func(pattern string) bool { return fits(role, pattern) }) {
		return ""
	}
	return fmt.Sprintf("its lifecycle hook %s notifies with the role %s, which is none that this deployer may pass (%s), so green could not have it: name it in the "+
		"parameter fleet_roles of the Deployer stack", aws.ToString(hook.LifecycleHookName), role, strings.Join(roles, ", "))
}

// hookFindings looks for hooks with a role that may not be passed, and for launching hooks that another tool completes, which knows
// nothing of green.
func hookFindings(hooks []types.LifecycleHook, roles []string) []string {
	var findings []string
	for _, hook := range hooks {
		findings = append(findings, one(roleFinding(hook, roles))...)
		if fleet.IsCodeDeploys(hook) {
			findings = append(findings, fmt.Sprintf("its launching hook %s is CodeDeploy's, which deploys to the instances of groups in its deployment group alone: "+
				"green's would wait for %d s, then %s; take the group out of the deployment group, and have the image hold what CodeDeploy brings",
				aws.ToString(hook.LifecycleHookName), aws.ToInt32(hook.HeartbeatTimeout), aws.ToString(hook.DefaultResult)))
		}
	}
	return findings
}

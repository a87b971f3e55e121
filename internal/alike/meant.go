package alike

import (
	"regexp"
	"strings"
)

// Meant is a difference between a fleet and its copy that is meant to be.
type Meant struct {
	Places []string // * stands for anything
	Why    string
}

// meantToBe are the differences that are meant to be: docs/copy.md has the same, and a test holds the two together.
var meantToBe = []Meant{
	{[]string{"group AutoScalingGroupARN", "group AutoScalingGroupName", "group CreatedTime", "policy * PolicyARN", "scheduled action * ScheduledActionARN",
		"alarm * AlarmArn", "alarm * AlarmName"}, "each group, and what hangs on it, has its own"},
	{[]string{"group Tags bluegreen:*", "alarm * tag bluegreen:*", "instance Tags bluegreen:*"}, "says which deployment made it"},
	{[]string{"group LaunchTemplate Version", "group MixedInstancesPolicy * Version"}, "a copy names its version by number"},
	{[]string{"launch template ImageId", "instance ImageId", "launch configuration ImageId"}, "what is deployed"},
	{[]string{"group LaunchConfigurationName", "launch configuration LaunchConfigurationName", "launch configuration LaunchConfigurationARN",
		"launch configuration CreatedTime"}, "a launch configuration cannot be changed: another image is another one"},
	{[]string{"group SuspendedProcesses * SuspensionReason"}, "says when it was suspended"},
	{[]string{"scheduled action * StartTime (its next run)"}, "the next run of one that recurs: time has passed"},
	{[]string{"alarm * State*", "alarm * AlarmConfigurationUpdatedTimestamp", "alarm * EvaluationState"}, "the state of an alarm is that of its metric"},
	{[]string{"instance InstanceType (one of several)"}, "AWS chooses among the types of a mixed instances policy"},
	{[]string{"instance InstanceId", "instance LaunchTime", "instance ClientToken", "instance Private*", "instance Public*", "instance NetworkInterfaces *",
		"instance BlockDeviceMappings * Ebs VolumeId", "instance BlockDeviceMappings * Ebs AttachTime", "instance Placement AvailabilityZone*", "instance SubnetId", "instance Tags aws:ec2launchtemplate:version Value"}, "each instance has its own"},
}

func (m Meant) matches(place string) bool {
	for _, pattern := range m.Places {
		parts := strings.Split(pattern, "*")
		for i := range parts {
			parts[i] = regexp.QuoteMeta(parts[i])
		}
		if regexp.MustCompile("^" + strings.Join(parts, ".*") + "$").MatchString(place) {
			return true
		}
	}
	return false
}

func why(place string) string {
	for _, m := range meantToBe {
		if m.matches(place) {
			return m.Why
		}
	}
	return ""
}

package autoscaling

import (
	"maps"
	"slices"

	"github.com/aws/aws-sdk-go-v2/service/autoscaling"

	"bluegreen/internal/localaws/wire"
)

// processNames are the processes that can be suspended (aws-facts A4).
var processNames = []string{
	"AZRebalance", "AddToLoadBalancer", "AlarmNotification", "HealthCheck", "InstanceRefresh", "Launch", "ReplaceUnhealthy",
	"ScheduledActions", "Terminate",
}

// named are the processes that a request means: all of them if it names none.
func named(processes []string) ([]string, error) {
	if len(processes) == 0 {
		return processNames, nil
	}
	for _, process := range processes {
		if !slices.Contains(processNames, process) {
			return nil, invalid("Unknown scaling process: %s. Valid values are: %v", process, processNames)
		}
	}
	return processes, nil
}

func (in *Groups) suspendProcesses(_ *wire.Call, input *autoscaling.SuspendProcessesInput) (*autoscaling.SuspendProcessesOutput, error) {
	g, err := in.writable(input.AutoScalingGroupName)
	if err != nil {
		return nil, err
	}
	processes, err := named(input.ScalingProcesses)
	if err != nil {
		return nil, err
	}
	g.write()
	g.suspended = maps.Clone(g.suspended)
	for _, process := range processes {
		g.suspended[process] = "User suspended at " + stamp(g.now())
	}
	g.changed()
	return &autoscaling.SuspendProcessesOutput{}, nil
}

func (in *Groups) resumeProcesses(_ *wire.Call, input *autoscaling.ResumeProcessesInput) (*autoscaling.ResumeProcessesOutput, error) {
	g, err := in.writable(input.AutoScalingGroupName)
	if err != nil {
		return nil, err
	}
	processes, err := named(input.ScalingProcesses)
	if err != nil {
		return nil, err
	}
	g.write()
	g.suspended = maps.Clone(g.suspended)
	checks := g.isSuspended("HealthCheck")
	for _, process := range processes {
		delete(g.suspended, process)
	}
	g.changed()
	g.schedule()
	if checks && !g.isSuspended("HealthCheck") {
		g.recheck()
	}
	return &autoscaling.ResumeProcessesOutput{}, nil
}

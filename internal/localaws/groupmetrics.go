package localaws

import (
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	astypes "github.com/aws/aws-sdk-go-v2/service/autoscaling/types"

	localasg "bluegreen/internal/localaws/autoscaling"
)

// recordGroups records the metrics that groups have enabled. Those of warm pools are not recorded.
func (a *AWS) recordGroups(minute time.Time) {
	for _, name := range a.Groups.Names() {
		view, _ := a.Groups.View(name)
		if len(view.Shown.EnabledMetrics) == 0 {
			continue
		}
		values := groupValues(view)
		for _, metric := range view.Shown.EnabledMetrics {
			if value, ok := values[*metric.Metric]; ok {
				a.Alarms.RecordAt(minute, "AWS/AutoScaling", *metric.Metric, map[string]string{"AutoScalingGroupName": name}, value)
			}
		}
	}
}

// groupValues are a group's metrics now, by name. Instances are counted as they are, capacities in the group's units.
func groupValues(view localasg.GroupView) map[string]float64 {
	values := map[string]float64{
		"GroupMinSize": float64(view.Min), "GroupMaxSize": float64(view.Max), "GroupDesiredCapacity": float64(view.Desired),
	}
	for _, kind := range []string{"InService", "Pending", "Standby", "Terminating", "Total"} {
		values["Group"+kind+"Instances"], values["Group"+kind+"Capacity"] = 0, 0
	}
	for _, instance := range view.Shown.Instances {
		for _, kind := range []string{kindOf(instance.LifecycleState), "Total"} {
			values["Group"+kind+"Instances"]++
			values["Group"+kind+"Capacity"] += weightOf(instance)
		}
	}
	return values
}

// kindOf is a lifecycle state without its waiting and proceeding.
func kindOf(state astypes.LifecycleState) string {
	kind, _, _ := strings.Cut(string(state), ":")
	return kind
}

func weightOf(instance astypes.Instance) float64 {
	weight, err := strconv.ParseFloat(aws.ToString(instance.WeightedCapacity), 64)
	if err != nil { // it has none
		return 1
	}
	return weight
}

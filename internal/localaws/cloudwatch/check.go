package cloudwatch

import (
	"fmt"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"
)

// The most that alarms take (aws-facts H2).
const (
	maxName        = 255
	maxDescription = 1024
	maxActions     = 5
	maxDimensions  = 30
	maxMath        = 10 // metrics of an alarm's expression
	maxTags        = 50
	hour, day      = 3600, 86400
)

// constraint is AWS's answer to a member that its schema does not take.
func constraint(value, member, must string) error {
	return invalid("1 validation error detected: Value '%s' at '%s' failed to satisfy constraint: Member must %s", value, member, must)
}

func checkLength(value *string, member string, least, most int) error {
	if value == nil {
		return nil
	}
	switch n := len([]rune(*value)); {
	case n < least:
		return constraint(*value, member, fmt.Sprintf("have length greater than or equal to %d", least))
	case n > most:
		return constraint(*value, member, fmt.Sprintf("have length less than or equal to %d", most))
	}
	return nil
}

// checkEnum refuses a value that is set and not one of values.
func checkEnum[E ~string](value E, member string, values []E) error {
	if value == "" || slices.Contains(values, value) {
		return nil
	}
	names := make([]string, len(values))
	for i, known := range values {
		names[i] = string(known)
	}
	return constraint(string(value), member, "satisfy enum value set: ["+strings.Join(names, ", ")+"]")
}

// states are in the order of AWS's recorded answer.
var states = []types.StateValue{types.StateValueInsufficientData, types.StateValueAlarm, types.StateValueOk}

func checkMetricAlarm(in *cloudwatch.PutMetricAlarmInput) error {
	for _, check := range []func(*cloudwatch.PutMetricAlarmInput) error{
		checkShape, checkKind, checkMetric, checkMath, checkThreshold, checkPeriods, checkScaling,
	} {
		if err := check(in); err != nil {
			return err
		}
	}
	return nil
}

func checkShape(in *cloudwatch.PutMetricAlarmInput) error {
	missingData := []string{"breaching", "notBreaching", "ignore", "missing"}
	for _, err := range []error{
		checkLength(in.AlarmName, "alarmName", 1, maxName),
		checkLength(in.AlarmDescription, "alarmDescription", 0, maxDescription),
		checkActions(in.AlarmActions, in.OKActions, in.InsufficientDataActions),
		checkEnum(in.ComparisonOperator, "comparisonOperator", in.ComparisonOperator.Values()),
		checkEnum(in.Statistic, "statistic", in.Statistic.Values()),
		checkEnum(in.Unit, "unit", in.Unit.Values()),
	} {
		if err != nil {
			return err
		}
	}
	if len(in.Dimensions) > maxDimensions {
		return constraint(fmt.Sprintf("%d dimensions", len(in.Dimensions)), "dimensions", fmt.Sprintf("have length less than or equal to %d", maxDimensions))
	}
	if treat := aws.ToString(in.TreatMissingData); treat != "" && !slices.Contains(missingData, treat) {
		return invalid("TreatMissingData must be one of %v", missingData)
	}
	if low := aws.ToString(in.EvaluateLowSampleCountPercentile); low != "" && low != "evaluate" && low != "ignore" {
		return invalid("EvaluateLowSampleCountPercentile must be one of [evaluate ignore]")
	}
	return nil
}

func checkActions(alarmed, ok, insufficient []string) error {
	for _, of := range []struct {
		member  string
		actions []string
	}{{"alarmActions", alarmed}, {"oKActions", ok}, {"insufficientDataActions", insufficient}} {
		if len(of.actions) > maxActions {
			return constraint("["+strings.Join(of.actions, ", ")+"]", of.member, fmt.Sprintf("have length less than or equal to %d", maxActions))
		}
		for _, action := range of.actions {
			if !strings.HasPrefix(action, "arn:") || strings.Count(action, ":") < 5 {
				return invalid("Invalid arn syntax: %s", action)
			}
		}
	}
	return nil
}

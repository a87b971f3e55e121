package cloudwatch

import (
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"

	"bluegreen/internal/localaws/wire"
)

// Service is the API of CloudWatch, as far as it is modelled: in the protocol of the Go client, and in that of the aws CLI.
func (a *Alarms) Service() wire.Service {
	return wire.Service{
		SigningName:  "monitoring",
		ActionPrefix: "cloudwatch",
		Protocol:     wire.AWSJSON10,
		Also:         []wire.Protocol{wire.RPCv2CBOR},
		TargetPrefix: "GraniteServiceVersion20100801",
		EmptyLists: map[string]wire.EmptyList{
			"MetricAlarm.OKActions": wire.There, "MetricAlarm.AlarmActions": wire.There,
			"MetricAlarm.InsufficientDataActions": wire.There, "MetricAlarm.Dimensions": wire.There,
			"CompositeAlarm.OKActions": wire.There, "CompositeAlarm.AlarmActions": wire.There,
			"CompositeAlarm.InsufficientDataActions": wire.There, "Metric.Dimensions": wire.There,
			"MetricDataResult.Timestamps": wire.There, "MetricDataResult.Values": wire.There,
			"ListMetricsOutput.OwningAccounts": wire.LeftOut,
		},
		Operations: append(a.alarmOperations(), a.metricOperations()...),
		Unions: []wire.Union{
			wire.UnionOf[types.EvaluationCriteria](&types.EvaluationCriteriaMemberPromQLCriteria{}),
			wire.UnionOf[types.EvaluationWindow](&types.EvaluationWindowMemberSlidingWindow{}, &types.EvaluationWindowMemberWallClockWindow{}),
		},
		QueryCodes: map[string]string{
			"LimitExceededFault": "LimitExceeded", "InvalidFormatFault": "InvalidFormat",
			"InvalidParameterValueException":       "InvalidParameterValue",
			"InvalidParameterCombinationException": "InvalidParameterCombination",
			"MissingRequiredParameterException":    "MissingParameter",
		},
	}
}

func (a *Alarms) alarmOperations() []wire.Operation {
	const name, actions = "AlarmName", "AlarmActions"
	return []wire.Operation{
		wire.Op("PutMetricAlarm", a.putMetricAlarm, name, "ActionConfiguration", "ActionsEnabled", actions, "AlarmDescription",
			"ComparisonOperator", "DatapointsToAlarm", "Dimensions", "EvaluateLowSampleCountPercentile", "EvaluationCriteria",
			"EvaluationInterval", "EvaluationPeriods", "EvaluationWindow", "ExtendedStatistic", "InsufficientDataActions", "MetricName",
			"Metrics", "Namespace", "OKActions", "Period", "Statistic", "Tags", "Threshold", "ThresholdMetricId", "TreatMissingData",
			"Unit", "WarmUpConfiguration").Requires(name),
		wire.Op("PutCompositeAlarm", a.putCompositeAlarm, name, "AlarmRule", "ActionConfiguration", "ActionsEnabled", actions,
			"AlarmDescription", "ActionsSuppressor", "ActionsSuppressorExtensionPeriod", "ActionsSuppressorWaitPeriod",
			"InsufficientDataActions", "OKActions", "Tags").Requires(name, "AlarmRule"),
		wire.Op("DescribeAlarms", a.describeAlarms, "ActionPrefix", "AlarmNamePrefix", "AlarmNames", "AlarmTypes",
			"ChildrenOfAlarmName", "ParentsOfAlarmName", "StateValue", "MaxRecords", "NextToken"),
		wire.Op("DeleteAlarms", a.deleteAlarms, "AlarmNames").Requires("AlarmNames"),
		wire.Op("SetAlarmState", a.setAlarmState, name, "StateValue", "StateReason", "StateReasonData").Requires(name, "StateValue", "StateReason"),
		wire.Op("EnableAlarmActions", a.enableAlarmActions, "AlarmNames").Requires("AlarmNames"),
		wire.Op("DisableAlarmActions", a.disableAlarmActions, "AlarmNames").Requires("AlarmNames"),
		wire.Op("ListTagsForResource", a.listTags, "ResourceARN").Requires("ResourceARN"),
		wire.Op("TagResource", a.tagResource, "ResourceARN", "Tags").Requires("ResourceARN", "Tags"),
		wire.Op("UntagResource", a.untagResource, "ResourceARN", "TagKeys").Requires("ResourceARN", "TagKeys"),
	}
}

func (a *Alarms) metricOperations() []wire.Operation {
	return []wire.Operation{
		wire.Op("PutMetricData", a.putMetricData, "Namespace", "MetricData").Requires("Namespace"),
		wire.Op("GetMetricStatistics", a.getMetricStatistics, "Namespace", "MetricName", "Dimensions", "StartTime", "EndTime", "Period",
			"Statistics", "ExtendedStatistics", "Unit").Requires("Namespace", "MetricName", "StartTime", "EndTime", "Period"),
		wire.Op("GetMetricData", a.getMetricData, "MetricDataQueries", "StartTime", "EndTime", "ScanBy").Requires("MetricDataQueries", "StartTime", "EndTime"),
		wire.Op("ListMetrics", a.listMetrics, "Namespace", "MetricName", "Dimensions", "NextToken", "RecentlyActive"),
	}
}

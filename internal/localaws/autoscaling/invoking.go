package autoscaling

import (
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	cloudwatchtypes "github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"
)

// invokingAlarm is an alarm in the Details of the activities that it caused, with the members that recorded messages have.
// The Region, which AWS writes by its English name there, is written by its code.
type invokingAlarm struct {
	AlarmArn                           string
	Trigger                            alarmTrigger
	AlarmName                          string
	AlarmDescription                   string
	AWSAccountID                       string `json:"AWSAccountId"`
	OldStateValue                      string
	Region                             string
	NewStateValue                      string
	AlarmConfigurationUpdatedTimestamp int64 // milliseconds
	StateChangeTime                    int64
}

type alarmTrigger struct {
	MetricName                       string
	EvaluateLowSampleCountPercentile string
	ComparisonOperator               string
	TreatMissingData                 string
	Statistic                        string
	StatisticType                    string
	Period                           int32
	EvaluationPeriods                int32
	Unit                             *string
	Namespace                        string
	Threshold                        float64
}

func (in *Groups) invokingAlarm(alarm cloudwatchtypes.MetricAlarm) invokingAlarm {
	told := invokingAlarm{
		AlarmArn: aws.ToString(alarm.AlarmArn), AlarmName: aws.ToString(alarm.AlarmName), AlarmDescription: aws.ToString(alarm.AlarmDescription),
		AWSAccountID: in.account.ID, Region: in.account.Region, OldStateValue: string(alarm.StateValue), NewStateValue: string(alarm.StateValue),
		Trigger: alarmTrigger{
			MetricName: aws.ToString(alarm.MetricName), Namespace: aws.ToString(alarm.Namespace), ComparisonOperator: string(alarm.ComparisonOperator),
			EvaluateLowSampleCountPercentile: aws.ToString(alarm.EvaluateLowSampleCountPercentile), TreatMissingData: aws.ToString(alarm.TreatMissingData),
			Statistic: strings.ToUpper(string(alarm.Statistic)), StatisticType: "Statistic", Period: aws.ToInt32(alarm.Period),
			EvaluationPeriods: aws.ToInt32(alarm.EvaluationPeriods), Threshold: aws.ToFloat64(alarm.Threshold),
		},
	}
	if alarm.Unit != "" {
		told.Trigger.Unit = aws.String(string(alarm.Unit))
	}
	if t := alarm.AlarmConfigurationUpdatedTimestamp; t != nil {
		told.AlarmConfigurationUpdatedTimestamp = t.UnixMilli()
	}
	if t := alarm.StateUpdatedTimestamp; t != nil {
		told.StateChangeTime = t.UnixMilli()
	}
	return told
}

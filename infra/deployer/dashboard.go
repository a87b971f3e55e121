package deployer

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudwatch"
	"github.com/aws/aws-cdk-go/awscdk/v2/interfaces/interfacesawscloudwatch"
	"github.com/aws/jsii-runtime-go"
)

// Periods of the graphs, in seconds: outcomes by the hour, what happens during a deployment by the minute.
const (
	hour   = 3600
	minute = 60
)

// dashboard shows what deployments did and how they go: a row of outcomes, one of durations, one of the present.
func (b build) dashboard(deploys, drains stateMachine, alarms []awscloudwatch.IAlarm) {
	board := awscloudwatch.NewDashboard(b.stack, jsii.String("Dashboard"), &awscloudwatch.DashboardProps{
		// A dashboard is the account's, in all Regions.
		DashboardName: jsii.String(b.settings.Name("bluegreen-" + *awscdk.Aws_REGION())),
	})
	board.AddWidgets(
		graph("Deployments", 12, true, deploys.series("Sum", hour,
			"DeploymentsSucceeded", "DeploymentsRolledBack", "DeploymentsRejected", "DeploymentsStranded", "DeploymentsInterrupted")),
		awscloudwatch.NewSingleValueWidget(&awscloudwatch.SingleValueWidgetProps{
			Title: jsii.String("In the time shown"), Width: jsii.Number(6), Height: jsii.Number(6), SetPeriodToTimeRange: jsii.Bool(true),
			Metrics: deploys.series("Sum", hour, "DeploymentsStarted", "DeploymentsSucceeded", "DeploymentsRolledBack", "DeploymentsStranded"),
		}),
		awscloudwatch.NewAlarmStatusWidget(&awscloudwatch.AlarmStatusWidgetProps{
			Title: jsii.String("Alarms"), Width: jsii.Number(6), Height: jsii.Number(6), Alarms: refs(alarms),
		}),
	)
	board.AddWidgets(
		graph("How long the stages of a deployment take", 12, false, deploys.series("Maximum", hour,
			"WaitHealthySeconds", "SwitchTrafficSeconds", "CompleteLifecycleSeconds", "DeploymentSeconds")),
		graph("How long a way back takes", 6, false, deploys.series("Maximum", hour,
			"RestoreTrafficSeconds", "DrainGreenSeconds", "RemoveGreenSeconds", "TakeOverSeconds")),
		graph("How long a drain at a scale-in takes", 6, false, drains.series("Maximum", hour, "DrainInstanceSeconds")),
	)
	board.AddWidgets(
		graph("Healthy instances of green", 12, false, deploys.series("Minimum", minute, "HealthyInstances")),
		graph("Running for", 6, false, &[]awscloudwatch.IMetric{deploys.running(), drains.running()}),
		graph("Executions", 6, false, &[]awscloudwatch.IMetric{
			deploys.executions("ExecutionsStarted"), deploys.executions("ExecutionsFailed"),
			drains.executions("ExecutionsStarted"), drains.executions("ExecutionsFailed"),
		}),
	)
}

func graph(title string, width int, stacked bool, metrics *[]awscloudwatch.IMetric) awscloudwatch.GraphWidget {
	return awscloudwatch.NewGraphWidget(&awscloudwatch.GraphWidgetProps{
		Title: jsii.String(title), Width: jsii.Number(width), Height: jsii.Number(6), Stacked: jsii.Bool(stacked), Left: metrics,
		LeftYAxis: &awscloudwatch.YAxisProps{Min: jsii.Number(0), ShowUnits: jsii.Bool(false)},
	})
}

// series are several metrics of a machine, each labelled by its name.
func (m stateMachine) series(statistic string, periodSeconds int, names ...string) *[]awscloudwatch.IMetric {
	var all []awscloudwatch.IMetric
	for _, name := range names {
		all = append(all, m.metric(name, statistic, periodSeconds).With(&awscloudwatch.MetricOptions{Label: jsii.String(name)}))
	}
	return &all
}

// running is how long the machine's executions have run so far.
func (m stateMachine) running() awscloudwatch.IMetric {
	return m.metric("RunningSeconds", "Maximum", minute).With(&awscloudwatch.MetricOptions{Label: jsii.String(m.name)})
}

// executions is a metric of Step Functions itself, which needs no function to work.
func (m stateMachine) executions(name string) awscloudwatch.IMetric {
	return awscloudwatch.NewMetric(&awscloudwatch.MetricProps{
		Namespace: jsii.String("AWS/States"), MetricName: jsii.String(name), Statistic: jsii.String("Sum"),
		DimensionsMap: &map[string]*string{"StateMachineArn": m.arn},
		Period:        awscdk.Duration_Seconds(jsii.Number(minute)),
		Label:         jsii.String(m.name + " " + name),
	})
}

func refs(alarms []awscloudwatch.IAlarm) *[]interfacesawscloudwatch.IAlarmRef {
	var all []interfacesawscloudwatch.IAlarmRef
	for _, alarm := range alarms {
		all = append(all, alarm)
	}
	return &all
}

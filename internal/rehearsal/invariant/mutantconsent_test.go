package invariant_test

import (
	"context"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"
	"github.com/aws/smithy-go/middleware"

	"bluegreen/internal/deploy"
	"bluegreen/internal/lambdaentry"
	"bluegreen/internal/rehearsal"
	"bluegreen/lambdas/scaleinblue"
	"bluegreen/lambdas/switchtraffic"
)

// heeding is a deployment that an alarm calls off.
const heeding = `{"project": "ec", "blue": {"asg_name": "ec-mqagt-dev-asg"}, "alarms": ["errors"], "bake_seconds": 300}`

// consents are deployments that go on although something said no.
var consents = []mutation{
	{
		name: "an alarm rings, and nobody heeds it",
		mutant: rehearsal.Mutant{Work: map[string]lambdaentry.New{
			"SwitchTraffic": changed(switchtraffic.New, seeQuietAlarms),
			"ScaleInBlue":   changed(scaleinblue.New, seeQuietAlarms),
		}},
		input:   heeding,
		prepare: quietAlarm,
		during:  alarmRings,
		breaks:  []int{8},
	},
	{
		name:    "blue does not stand by",
		mutant:  rehearsal.Mutant{Work: work("SwitchTraffic", hasty(switchtraffic.New))},
		input:   heeding,
		prepare: quietAlarm,
		breaks:  []int{8},
	},
}

func quietAlarm(ctx context.Context, r *rehearsal.Rehearsal) error {
	return rehearsal.PutAlarm(ctx, operator(r), "errors")
}

// alarmRings lets it ring once the record says that blue is let go.
func alarmRings(ctx context.Context, r *rehearsal.Rehearsal) error {
	for lock := r.Record().Lock; lock == nil || !lock.BlueLeft(); lock = r.Record().Lock {
		r.Wait(ctx, time.Second)
	}
	return rehearsal.SetAlarm(ctx, operator(r), "errors", types.StateValueAlarm)
}

func seeQuietAlarms(stack *middleware.Stack) error {
	return around(stack, func(_, output any) {
		if got, ok := output.(*cloudwatch.DescribeAlarmsOutput); ok {
			for i := range got.MetricAlarms {
				got.MetricAlarms[i].StateValue = types.StateValueOk
			}
		}
	})
}

// hasty is a function that is asked for no bake.
func hasty(real lambdaentry.New) lambdaentry.New {
	return func(cfg aws.Config, env lambdaentry.Environment) lambdaentry.Handle {
		handle := real(cfg, env)
		return func(ctx context.Context, call deploy.Call) (deploy.Document, error) {
			d := *call.Document.Deployment
			d.Watch.BakeSeconds = 0
			call.Document.Deployment = &d
			return handle(ctx, call)
		}
	}
}

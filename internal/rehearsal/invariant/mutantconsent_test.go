package invariant_test

import (
	"context"
	"encoding/json"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	dynamotypes "github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/smithy-go/middleware"

	"bluegreen/internal/deploy"
	"bluegreen/internal/lambdaentry"
	"bluegreen/internal/ledger"
	"bluegreen/internal/rehearsal"
	"bluegreen/lambdas/scaleinblue"
	"bluegreen/lambdas/switchtraffic"
	"bluegreen/lambdas/waithealthy"
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
		mutant:  rehearsal.Mutant{Work: work("SwitchTraffic", knowing(switchtraffic.New, func(d *deploy.Deployment) { d.Watch.BakeSeconds = 0 }))},
		input:   heeding,
		prepare: quietAlarm,
		breaks:  []int{8},
	},
}

// asking is a deployment that a person is asked about.
const asking = `{"project": "ec", "blue": {"asg_name": "ec-mqagt-dev-asg"}, "approval": {"timeout_seconds": 300}}`

// unasked are deployments that go on although a person has not said so, or has said no.
var unasked = []mutation{
	{
		name:   "nobody is asked",
		mutant: rehearsal.Mutant{Work: work("WaitHealthy", knowing(waithealthy.New, func(d *deploy.Deployment) { d.Approval = nil }))},
		input:  asking,
		breaks: []int{8},
	},
	{
		name:   "a yes to an earlier deployment counts",
		mutant: rehearsal.Mutant{Answer: credulous},
		input:  asking,
		during: says(deploy.Approve, ledger.Creating, time.Minute, "an-earlier-one"),
		breaks: []int{8},
	},
	{
		name: "a yes that comes too late counts",
		mutant: rehearsal.Mutant{Answer: credulous,
			Work: work("WaitHealthy", knowing(waithealthy.New, func(d *deploy.Deployment) { d.Approval = &deploy.Approval{TimeoutSeconds: 3600} }))},
		input:  asking,
		during: says(deploy.Approve, ledger.Creating, 10*time.Minute, ""),
		breaks: []int{8},
	},
	{
		name: "a deployment that was aborted goes on",
		mutant: rehearsal.Mutant{Work: map[string]lambdaentry.New{
			"SwitchTraffic": changed(switchtraffic.New, seeNoAbort), "ScaleInBlue": changed(scaleinblue.New, seeNoAbort),
		}},
		during: says(deploy.Abort, ledger.Leaving, time.Second, ""),
		breaks: []int{8},
	},
	{
		name:   "traffic moves although it was aborted before",
		mutant: rehearsal.Mutant{Work: map[string]lambdaentry.New{"WaitHealthy": changed(waithealthy.New, seeNoAbort), "SwitchTraffic": changed(switchtraffic.New, seeNoAbort)}},
		during: says(deploy.Abort, ledger.Creating, 5*time.Second, ""),
		breaks: []int{8},
	},
}

// says has a person answer so long after the record is at a stage: for the deployment that is under way, or for another execution of its machine.
func says(verb deploy.Verb, stage ledger.Stage, later time.Duration, another string) func(context.Context, *rehearsal.Rehearsal) error {
	return func(ctx context.Context, r *rehearsal.Rehearsal) error {
		lock := r.Record().Lock
		for ; lock == nil || lock.Stage != stage; lock = r.Record().Lock {
			r.Wait(ctx, time.Second)
		}
		r.Wait(ctx, later)
		execution := lock.Execution
		if another != "" {
			execution = execution[:strings.LastIndexByte(execution, ':')+1] + another
		}
		if err := r.Answers(); err != nil {
			return err
		}
		payload, err := json.Marshal(map[string]string{"execution": execution, "answer": string(verb), "by": "ann", "reason": "so it is"})
		if err != nil {
			return err
		}
		name := deploy.AnswerFunction(execution)
		_, err = lambda.NewFromConfig(operator(r)).Invoke(ctx, &lambda.InvokeInput{FunctionName: &name, Payload: payload}) // the real one refuses some
		return err
	}
}

// credulous takes a yes for whatever is under way, at any time.
func credulous(cfg aws.Config, env lambdaentry.Environment) lambdaentry.HandleRequest {
	return func(ctx context.Context, payload json.RawMessage) (any, error) {
		table := ledger.Open(cfg, env.LedgerTable)
		record, _, err := table.Get(ctx, "ec-mqagt-dev-asg")
		if err != nil || record.Lock == nil {
			return nil, err
		}
		record.Lock.Deployment.Approved = &deploy.Said{By: "ann", At: env.Clock.Now()}
		_, err = table.Put(ctx, record)
		return nil, err
	}
}

// seeNoAbort shows a function records in which nobody has aborted anything.
func seeNoAbort(stack *middleware.Stack) error {
	return around(stack, func(_, output any) {
		got, ok := output.(*dynamodb.GetItemOutput)
		if !ok || got.Item == nil {
			return
		}
		if lock, locked := got.Item["lock"].(*dynamotypes.AttributeValueMemberM); locked {
			delete(lock.Value["deployment"].(*dynamotypes.AttributeValueMemberM).Value, "aborted")
		}
	})
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

// knowing is a function that reads something else of its deployment.
func knowing(real lambdaentry.New, change func(*deploy.Deployment)) lambdaentry.New {
	return func(cfg aws.Config, env lambdaentry.Environment) lambdaentry.Handle {
		handle := real(cfg, env)
		return func(ctx context.Context, call deploy.Call) (deploy.Document, error) {
			d := *call.Document.Deployment
			change(&d)
			call.Document.Deployment = &d
			return handle(ctx, call)
		}
	}
}

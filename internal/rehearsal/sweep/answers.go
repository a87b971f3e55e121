package sweep

import (
	"context"
	"encoding/json"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/lambda"

	"bluegreen/internal/deploy"
	"bluegreen/internal/ledger"
	"bluegreen/internal/localaws/wire"
	"bluegreen/internal/rehearsal"
)

// asks has a person asked before traffic moves, who has two minutes.
const asks = `{"project": "ec", "blue": {"asg_name": "ec-mqagt-dev-asg"}, "Wait": 30, "health": {"timeout_seconds": 60},
	"approval": {"timeout_seconds": 120}}`

// approved has a person say yes to each deployment, as soon as it asks.
func approved(_ context.Context, r *rehearsal.Rehearsal) error {
	asked := make(map[string]bool)
	return whenRecorded(r, func(lock ledger.Lock) {
		if lock.Asked != nil && lock.Deployment.Execution == lock.Execution && !asked[lock.Execution] { // not what another left
			asked[lock.Execution] = true
			r.Clock.Go(func() { insist(r, lock.Execution, deploy.Approve) })
		}
	})
}

// abortedAsItLeaves has a person abort the first deployment, as soon as the record says that blue is let go.
func abortedAsItLeaves(_ context.Context, r *rehearsal.Rehearsal) error {
	done := false
	return whenRecorded(r, func(lock ledger.Lock) {
		if lock.Stage == ledger.Leaving && !done {
			done = true
			r.Clock.Go(func() { insist(r, lock.Execution, deploy.Abort) })
		}
	})
}

// whenRecorded has do hear of each lock that is written, with the account's lock held, in a world where people can answer.
func whenRecorded(r *rehearsal.Rehearsal, do func(ledger.Lock)) error {
	r.AWS.Endpoint.Observe(func(call *wire.Call, _ any) func(error) {
		if call.Service != "dynamodb" || !writes(call.Operation) {
			return nil
		}
		return func(error) {
			if lock := r.Record().Lock; lock != nil {
				do(*lock)
			}
		}
	})
	return r.Answers()
}

// insist answers, again and again until it is taken, or refused.
func insist(r *rehearsal.Rehearsal, execution string, verb deploy.Verb) {
	ctx := context.Background()
	payload, err := json.Marshal(map[string]string{"execution": execution, "answer": string(verb), "by": "a person", "reason": "so it is"})
	if err != nil {
		panic(err) // strings always encode
	}
	name := deploy.AnswerFunction(execution)
	for range 20 {
		out, err := lambda.NewFromConfig(r.Config).Invoke(ctx, &lambda.InvokeInput{FunctionName: &name, Payload: payload})
		var failed struct{ ErrorType string }
		if err == nil && (out.FunctionError == nil || json.Unmarshal(out.Payload, &failed) == nil && failed.ErrorType == "BlueGreen.Conflict") {
			return
		}
		r.Wait(ctx, 5*time.Second)
	}
}

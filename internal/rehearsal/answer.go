package rehearsal

import (
	"context"

	"bluegreen/internal/lambdaentry"
	locallambda "bluegreen/internal/localaws/lambda"
	"bluegreen/lambdas/answer"
	"bluegreen/statemachine"
)

// OnAnswer has f hear of what the function that takes people's answers is called with, before it begins.
func (r *Rehearsal) OnAnswer(f func(payload []byte)) { r.heard = append(r.heard, f) }

// Answers puts the function there that takes what people say of deployments, if it is not there. It is not from the start: a function
// draws from the world's chance.
func (r *Rehearsal) Answers() error {
	if r.answers {
		return nil
	}
	r.answers = true
	env := r.environment(r.World)
	newHandle := lambdaentry.NewRequest(answer.New)
	if r.mutant.Answer != nil {
		newHandle = r.mutant.Answer
	}
	code := func(ctx context.Context, inv locallambda.Invocation, payload []byte) ([]byte, *locallambda.Failure) {
		r.invoke(inv.AccessKeyID, "")
		for _, f := range r.heard {
			f(payload)
		}
		response, failure := lambdaentry.InvokeRequest(ctx, newHandle(inv.AWS, env), payload)
		return response, failed(failure)
	}
	return r.define(r.Machine(), r.World, statemachine.Answer, code)
}

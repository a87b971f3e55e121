// Package step is what one call of a state's function works with: the call, the lineage's lock as the call's execution holds
// it, the poll loop that the call is one look of, and the one way to write to AWS.
package step

import (
	"context"
	"encoding/json"
	"fmt"

	"bluegreen/internal/deploy"
	"bluegreen/internal/lambdaentry"
	"bluegreen/internal/ledger"
)

// Step is one call's work.
type Step struct {
	deploy.Call
	Ledger     ledger.Ledger
	Holder     ledger.Holder      // of the deployment's lineage
	Deployment *deploy.Deployment // as the call's document is to have it afterwards; nil where there is none
	Drained    *deploy.Drained    // the same
}

// New is the work of a call.
func New(l ledger.Ledger, call deploy.Call) *Step {
	s := &Step{Call: call, Ledger: l, Drained: call.Document.Drained}
	if d := call.Document.Deployment; d != nil {
		mine := *d
		s.Deployment, s.Holder = &mine, l.For(call)
	}
	return s
}

// Record reads the lineage's record, if its execution holds the lock at one of the stages; otherwise it is a Conflict.
func (s *Step) Record(ctx context.Context, stages ...ledger.Stage) (ledger.Record, error) {
	return s.Holder.Check(ctx, stages...)
}

// document is the call's with what the work came to.
func (s *Step) document(p deploy.Loop) deploy.Document {
	document := s.Call.Document
	document.Deployment, document.Drained, document.Progress = s.Deployment, s.Drained, &p
	return document
}

// Of makes a function of one look of a state. It returns how the state's loop stands afterwards.
func Of(l ledger.Ledger, look func(context.Context, *Step) (deploy.Loop, error)) lambdaentry.Handle {
	return func(ctx context.Context, call deploy.Call) (deploy.Document, error) {
		s := New(l, call)
		p, err := look(ctx, s)
		if err != nil {
			return deploy.Document{}, err
		}
		return s.document(p), nil
	}
}

// Remembering is Of for a state whose looks remember something of their own from one to the next, as long as the loop lasts.
// Nobody else reads it.
func Remembering[M any](l ledger.Ledger, look func(context.Context, *Step, *M) (deploy.Loop, error)) lambdaentry.Handle {
	return Of(l, func(ctx context.Context, s *Step) (deploy.Loop, error) {
		var memory M
		if before := s.Begin().Memory; before != nil {
			if err := json.Unmarshal(before, &memory); err != nil {
				return deploy.Loop{}, fmt.Errorf("what %s remembers of its last look: %w", s.State, err)
			}
		}
		p, err := look(ctx, s, &memory)
		if err != nil {
			return p, err
		}
		p.Memory, err = json.Marshal(memory)
		if string(p.Memory) == "{}" {
			p.Memory = nil
		}
		return p, err
	})
}

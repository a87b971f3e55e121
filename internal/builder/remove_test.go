package builder

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/smithy-go"
	"github.com/google/go-cmp/cmp"

	"bluegreen/internal/fault"
	"bluegreen/internal/ledger"
	"bluegreen/internal/localaws/faults"
)

// An image goes, then its snapshots, and only what is not described any more is gone.
func TestRemove(t *testing.T) {
	const others = execution + "-of-before"
	build := func(name, execution string) func(*world) {
		return func(w *world) { w.imageOf(w.instance(execution, name), name, execution); w.sleep(2 * time.Minute) }
	}
	of := func(kind faults.Kind, operation string, change ...func(*faults.Rule)) func(*world) {
		rule := faults.Rule{Kind: kind, Service: "ec2", Operation: operation}
		for _, f := range change {
			f(&rule)
		}
		return func(w *world) { w.fault(rule) }
	}
	refused := func(code string) func(*faults.Rule) {
		return func(rule *faults.Rule) { rule.Code, rule.Message = code, "as AWS says it" }
	}
	second := func(rule *faults.Rule) { rule.Nth = 2 }
	mine := build(imageName, execution)
	for name, test := range map[string]struct {
		given []func(*world)
		want  []string // of each call, until it is gone or goes wrong
		left  []string
	}{
		"nothing": {nil, []string{"gone"}, nil},
		"what stands": {
			[]func(*world){mine}, []string{"stands, found", "stands, found", "gone"}, nil,
		},
		"an image of that name that others made": {
			[]func(*world){build(imageName, others)}, []string{"gone"}, []string{"image " + imageName, "snapshot of " + imageName},
		},
		"beside an image that others made": {
			[]func(*world){mine, build("web-v000-0", others)}, []string{"stands, found", "stands, found", "gone"}, []string{"image web-v000-0", "snapshot of web-v000-0"},
		},
		"an image that is pending": {
			[]func(*world){func(w *world) { w.imageOf(w.instance(execution, "a"), imageName, execution); w.sleep(5 * time.Second) }},
			[]string{"stands, found", "stands, found", "gone"}, nil,
		},
		"snapshots of an image that is gone": {
			[]func(*world){func(w *world) {
				id := w.imageOf(w.instance(execution, "a"), imageName, execution)
				w.sleep(2 * time.Minute)
				must(w, w.ec2.DeregisterImage, &ec2.DeregisterImageInput{ImageId: &id})
			}},
			[]string{"stands, found", "gone"}, nil,
		},
		"whose answer is lost": {
			[]func(*world){mine, of(faults.LoseAnswer, "DeregisterImage")}, []string{"stands, found", "stands, found", "gone"}, nil,
		},
		"whose answer is lost, and that nobody may touch then": {
			[]func(*world){mine, of(faults.LoseAnswer, "DeregisterImage"), of(faults.Deny, "DeregisterImage", second)}, []string{"stands, found", "stands, found", "gone"}, nil,
		},
		"a snapshot that is in use": {
			[]func(*world){mine, of(faults.Refuse, "DeleteSnapshot", refused("InvalidSnapshot.InUse"))}, []string{"stands, found", "stands, found", "stands, found", "gone"}, nil,
		},
		"a snapshot whose answer is lost": {
			[]func(*world){mine, of(faults.LoseAnswer, "DeleteSnapshot")}, []string{"stands, found", "stands, found", "gone"}, nil,
		},
		"an image that may not be deregistered": {
			[]func(*world){mine, of(faults.Deny, "DeregisterImage")}, []string{"UnauthorizedOperation"}, []string{"image " + imageName, "snapshot of " + imageName},
		},
		"a snapshot that may not be deleted": {
			[]func(*world){mine, of(faults.Deny, "DeleteSnapshot")}, []string{"stands, found", "UnauthorizedOperation"}, []string{"snapshot of " + imageName},
		},
		"at another stage": {
			[]func(*world){mine, func(w *world) { w.relock(func(lock *ledger.Lock) { lock.Stage = ledger.Restoring }) }}, []string{string(fault.Conflict)}, []string{"image " + imageName, "snapshot of " + imageName},
		},
	} {
		t.Run(name, func(t *testing.T) {
			in(t, ledger.Removing, nil, func(w *world) {
				for _, f := range test.given {
					f(w)
				}
				if diff := cmp.Diff(test.want, w.removes()); diff != "" {
					t.Errorf("-want +got:\n%s", diff)
				}
				if diff := cmp.Diff(test.left, w.left()); diff != "" {
					t.Errorf("left: -want +got:\n%s", diff)
				}
			})
		})
	}
}

// removes calls Remove until it is done or goes wrong, some times at most, and says what each call came to.
func (w *world) removes() (calls []string) {
	for range 10 {
		gone, found, err := w.maker.Remove(context.Background(), w.step(), imageName, execution, ledger.Removing)
		if err != nil {
			return append(calls, code(err))
		}
		calls = append(calls, map[bool]string{true: "gone", false: "stands"}[gone]+map[bool]string{true: ", found", false: ""}[found])
		if gone {
			return calls
		}
		w.sleep(5 * time.Second)
	}
	return calls
}

// code is an error's name, be it ours or AWS's.
func code(err error) string {
	var ours *fault.Error
	if errors.As(err, &ours) {
		return string(ours.Name)
	}
	var theirs smithy.APIError
	if errors.As(err, &theirs) {
		return theirs.ErrorCode()
	}
	return err.Error()
}

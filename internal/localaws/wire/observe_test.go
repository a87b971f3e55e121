package wire_test

import (
	"slices"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/autoscaling"

	"bluegreen/internal/localaws/faults"
	"bluegreen/internal/localaws/wire"
)

// Everyone who looks on sees each effect once, with its input, whatever became of the answer; a call without an effect
// nobody sees.
func TestObserverSeesEffects(t *testing.T) {
	w, effects := newWorld(faults.Rule{Kind: faults.Deny, Times: 1}, faults.Rule{Kind: faults.LoseAnswer, Nth: 2}), 0
	w.endpoint.Add(counting(&effects))
	var seen []string
	w.endpoint.Observe(func(call *wire.Call, input any) func(error) {
		seen = append(seen, call.Operation+" of "+*input.(*autoscaling.SetDesiredCapacityInput).AutoScalingGroupName)
		before := effects
		return func(err error) {
			if err != nil || effects != before+1 {
				t.Errorf("done after %d effects of %d, error %v", effects, before, err)
			}
		}
	})
	others := 0
	w.endpoint.Observe(func(*wire.Call, any) func(error) {
		others++
		return nil
	})
	w.clock.Run(func() {
		if err := call(w, wire.Caller{}, once); err == nil {
			t.Error("the first call is not denied")
		}
		if err := call(w, wire.Caller{}, once); err == nil {
			t.Error("the second call's answer is not lost")
		}
		if err := call(w, wire.Caller{}, once); err != nil {
			t.Error(err)
		}
	})
	if others != len(seen) {
		t.Errorf("a second one saw %d effects, the first %d", others, len(seen))
	}
	if want := []string{"SetDesiredCapacity of g", "SetDesiredCapacity of g"}; !slices.Equal(seen, want) {
		t.Errorf("observed %v, want %v", seen, want)
	}
}

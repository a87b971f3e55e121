package scenario

import (
	"context"
	"fmt"

	"github.com/cockroachdb/datadriven"

	locallambda "bluegreen/internal/localaws/lambda"
	"bluegreen/internal/localaws/wire"
)

// invokeFault is what befalls invocations of a function, from the nth on, as often as times says (below 0: always).
type invokeFault struct {
	function   string // empty: every one
	nth, times int
	fault      locallambda.Fault
	seen       int
}

func (f *invokeFault) strikes(function string) bool {
	if f.function != "" && f.function != function {
		return false
	}
	f.seen++
	return f.seen >= f.nth && (f.times < 0 || f.seen < f.nth+f.times)
}

// invokeKinds are the faults of Lambda itself.
var invokeKinds = map[string]locallambda.Fault{
	"refuse":  {Refuse: &wire.Error{Code: "TooManyRequestsException", Message: "Rate Exceeded.", Status: 429}},
	"lose":    {Lose: &wire.Error{Code: "ServiceException", Message: "The Lambda service encountered an internal error.", Status: 500}},
	"outlive": {Outlive: true},
}

// invokeFault lets Lambda itself fail: invoke-fault kind=refuse|lose|outlive function=CreateGreen nth=1 times=3.
func (s *Script) invokeFault(_ context.Context, d *datadriven.TestData) (string, error) {
	fault, ok := invokeKinds[argument(d, "kind", "")]
	if !ok {
		return "", fmt.Errorf("invoke-fault knows no kind %q: it must be refuse, lose or outlive", argument(d, "kind", ""))
	}
	return "", s.addInvokeFault(d, fault)
}

// outlive lets the nth invocation of a function go on past its timeout: outlive function=CreateGreen nth=1.
func (s *Script) outlive(_ context.Context, d *datadriven.TestData) (string, error) {
	return "", s.addInvokeFault(d, invokeKinds["outlive"])
}

func (s *Script) addInvokeFault(d *datadriven.TestData, fault locallambda.Fault) error {
	added := &invokeFault{fault: fault}
	if function := argument(d, "function", ""); function != "" {
		added.function = s.r.FunctionName(function)
	}
	var err error
	if added.nth, err = integer(d, "nth", 1); err != nil {
		return err
	}
	if added.times, err = integer(d, "times", 1); err != nil {
		return err
	}
	s.invokes = append(s.invokes, added)
	s.r.AWS.Functions.SetFaults(func(inv locallambda.Invocation) locallambda.Fault {
		var all locallambda.Fault
		for _, f := range s.invokes {
			if f.strikes(inv.FunctionName) {
				all = joined(all, f.fault)
			}
		}
		return all
	})
	return nil
}

func joined(a, b locallambda.Fault) locallambda.Fault {
	if b.Refuse != nil {
		a.Refuse = b.Refuse
	}
	if b.Lose != nil {
		a.Lose = b.Lose
	}
	a.Outlive = a.Outlive || b.Outlive
	return a
}

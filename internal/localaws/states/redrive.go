package states

import (
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sfn"

	"bluegreen/internal/asl"
	"bluegreen/internal/localaws/wire"
)

// keptTokens is how many client tokens of redrives an execution remembers (SDK, RedriveExecution).
const keptTokens = 10

// redrive is a redrive that was asked for with a client token.
type redrive struct {
	token string
	at    time.Time
}

func (m *Machines) redriveExecution(_ *wire.Call, in *sfn.RedriveExecutionInput) (*sfn.RedriveExecutionOutput, error) {
	e, err := m.findExecution(*in.ExecutionArn)
	if err != nil {
		return nil, err
	}
	token, now := aws.ToString(in.ClientToken), m.acct.Now()
	for _, earlier := range e.redrives {
		if token != "" && earlier.token == token && now.Sub(earlier.at) < m.settings.ClientTokenValidity {
			return &sfn.RedriveExecutionOutput{RedriveDate: &earlier.at}, nil
		}
	}
	if reason := m.notRedrivable(e); reason != "" {
		return nil, wire.Errorf("ExecutionNotRedrivable", "%s", reason)
	}
	if err := e.run.Redrive(); err != nil {
		return nil, wire.Errorf("ExecutionNotRedrivable", "%s", err)
	}
	at := e.run.Result().RedriveTime
	e.redrives = append(e.redrives, redrive{token, at})
	if len(e.redrives) > keptTokens {
		e.redrives = e.redrives[1:]
	}
	m.acct.Clock.Go(func() { e.run.Run() })
	return &sfn.RedriveExecutionOutput{RedriveDate: &at}, nil
}

// notRedrivable is why an execution cannot be redriven, in AWS's words; "" if it can. The lock is held.
func (m *Machines) notRedrivable(e *execution) string {
	result, now := e.run.Result(), m.acct.Now()
	switch {
	case e.machine.deleting:
		return "State machine is in DELETING status"
	case result.Status == asl.StatusRunning || result.Status == asl.StatusSucceeded:
		return "Execution is " + string(result.Status) + " and cannot be redriven"
	case len(e.run.History()) >= m.settings.RedriveHistoryLimit:
		return "Execution history event limit exceeded"
	case now.Sub(result.StartTime) >= m.settings.MaxOpenTime:
		return "Execution has exceeded the max execution time"
	case now.Sub(result.StopTime) >= m.settings.RedrivePeriod:
		return "Execution redrivable period exceeded"
	}
	return ""
}

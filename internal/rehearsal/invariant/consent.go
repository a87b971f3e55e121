package invariant

import (
	"encoding/json"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"

	"bluegreen/internal/deploy"
)

// consent holds promise 8: what the request wants to be asked before the point of no return has not said no. No alarm of it rings, and
// blue has stood by without traffic for as long as the request wants. A rollback asks nobody.
type consent struct {
	base
	asked map[string]asked // by execution
}

// asked is what an execution's request wants.
type asked struct {
	deploy.Request
	began time.Time
}

func newConsent(b base, _ snapshot) invariant {
	c := &consent{base: b, asked: make(map[string]asked)}
	c.w.consent = c
	return c
}

func (c *consent) executionStarted(arn, input string) {
	if _, redriven := c.asked[arn]; redriven {
		return
	}
	request, err := deploy.ParseRequest(json.RawMessage(input))
	if err != nil || request.Action != deploy.ActionDeploy {
		return
	}
	c.asked[arn] = asked{request, c.w.r.AWS.Account.Now()}
}

// committed checks a commit by a function that began at a time: what rings since then it need not know.
func (c *consent) committed(a *apiCall, began time.Time) {
	of := c.asked[a.execution]
	for _, name := range of.Alarms {
		alarm, exists := c.w.r.AWS.Alarms.Alarm(name)
		since := aws.ToTime(alarm.StateTransitionedTimestamp)
		ignored := of.Ringing == deploy.RingingIgnore && since.Before(of.began)
		if exists && alarm.StateValue == types.StateValueAlarm && since.Before(began) && !ignored {
			c.breaks("%s commits, and alarm %s rings since %s", a, name, since.Format(time.TimeOnly))
		}
	}
	if bake := time.Duration(of.BakeSeconds) * time.Second; bake > 0 {
		if stood := began.Sub(c.w.schedules.shared); stood < bake {
			c.breaks("%s commits %s after blue took traffic last: it was to stand by for %s", a, stood, bake)
		}
	}
}

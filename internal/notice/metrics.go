package notice

import "bluegreen/internal/deploy"

// Unit is a unit of CloudWatch.
type Unit string

// The units.
const (
	UnitCount   Unit = "Count"
	UnitSeconds Unit = "Seconds"
)

// Metric is one value of one metric; docs/events.md lists them.
type Metric struct {
	Name  string
	Unit  Unit
	Value int
}

// Measure says what is to be measured once a function has done its work: call is what it was called with, after what it
// returned.
func Measure(call deploy.Call, after deploy.Document) []Metric {
	metrics := []Metric{{"RunningSeconds", UnitSeconds, running(call)}}
	p, row := after.Progress, table[call.State]
	if row.starts {
		metrics = append(metrics, Metric{"DeploymentsStarted", UnitCount, 1})
	}
	if p != nil && p.State == call.State {
		if row.looksAtGreen && p.Wanted > 0 {
			metrics = append(metrics, Metric{"HealthyInstances", UnitCount, p.Serving})
		}
		if row.loops && over(*p) {
			metrics = append(metrics, Metric{call.State + "Seconds", UnitSeconds, max(int(call.Entered.Sub(p.Began).Seconds()), 0)})
		}
	}
	return append(metrics, endMetrics(call, after)...)
}

// over reports whether a poll loop has ended with what it waits for.
func over(p deploy.Loop) bool {
	return p.Verdict != deploy.Pending && p.Verdict != deploy.NotOurs && p.Verdict != deploy.Unpin
}

// endMetrics count a deployment that is over.
func endMetrics(call deploy.Call, after deploy.Document) []Metric {
	d, r := after.Deployment, after.Report
	switch {
	case r == nil && d != nil && d.Then == deploy.ThenDescribe && d.Closed != "" && is(after.Progress, deploy.Done) && after.Progress.State == call.State:
		return []Metric{{"Deployments" + d.Closed, UnitCount, 1}} // its own execution had ended before
	case r == nil, idle(*r, d), asked(call) == deploy.ActionPlan:
		return nil
	}
	return []Metric{{"Deployments" + outcome(*r, d), UnitCount, 1}, {"DeploymentSeconds", UnitSeconds, r.TookSeconds}}
}

func asked(call deploy.Call) deploy.Action {
	_, _, action := call.Asked()
	return action
}

package deploy

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
func Measure(call Call, after Document) []Metric {
	metrics := []Metric{{"RunningSeconds", UnitSeconds, call.running()}}
	p := after.Progress
	if call.State == "CreateGreen" {
		metrics = append(metrics, Metric{"DeploymentsStarted", UnitCount, 1})
	}
	if p != nil && p.State == call.State {
		if looksAtGreen(call.State) && p.Wanted > 0 {
			metrics = append(metrics, Metric{"HealthyInstances", UnitCount, p.Serving})
		}
		if took, over := lasted(call, *p); over {
			metrics = append(metrics, Metric{call.State + "Seconds", UnitSeconds, took})
		}
	}
	return append(metrics, endMetrics(call, after)...)
}

func looksAtGreen(state string) bool { return state == "WaitHealthy" || state == "SwitchTraffic" }

// lasted is how long a poll loop took that is over now.
func lasted(call Call, p Progress) (seconds int, over bool) {
	switch call.State {
	case "WaitHealthy", "SwitchTraffic", "CompleteLifecycle", "RestoreTraffic", "RemoveGreen", "DrainGreen", "TakeOver", "DrainInstance":
		return max(int(call.Entered.Sub(p.Began).Seconds()), 0), p.Verdict != Pending && p.Verdict != NotOurs && p.Verdict != Unpin
	}
	return 0, false
}

// endMetrics count a deployment that is over.
func endMetrics(call Call, after Document) []Metric {
	d, r := after.Deployment, after.Report
	switch {
	case r == nil && d != nil && d.Then == ThenDescribe && d.Closed != "" && is(after.Progress, Done) && after.Progress.State == call.State:
		return []Metric{{"Deployments" + d.Closed, UnitCount, 1}} // its own execution had ended before
	case r == nil, r.idle(d):
		return nil
	}
	return []Metric{{"Deployments" + r.outcome(d), UnitCount, 1}, {"DeploymentSeconds", UnitSeconds, r.TookSeconds}}
}

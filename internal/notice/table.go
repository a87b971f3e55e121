package notice

import "bluegreen/internal/deploy"

// audience is who hears of a stage.
type audience int

const (
	programs          audience = iota // alone
	peopleAndPrograms                 // people get mail besides
)

// stageOf is a stage that a state's work may come to.
type stageOf struct {
	stage Stage
	to    audience
	// tell reports whether the work of a call has come to the stage, and completes its notice. The call's document is what
	// its function returned; before is the progress that it was called with.
	tell func(n *Notice, call deploy.Call, before *deploy.Loop) bool
}

// row says who hears what of one state of the machines once its function has done its work, and what is measured.
type row struct {
	stages []stageOf
	nobody string // why nobody hears of it, where nobody does

	starts       bool // counts DeploymentsStarted
	loops        bool // <State>Seconds is how long its loop took
	looksAtGreen bool // HealthyInstances at every look
}

// table has every state of the machines but the Choices and the Waits. StatusChange tells besides of executions that ended
// without a state that could tell it: Ended.
var table = map[string]row{
	"Begin":             {nobody: "nothing was looked at yet"},
	"DescribeBlue":      {nobody: "nothing is touched: CreateGreen tells the start, ReportRejection what is wrong"},
	"TakeOver":          {nobody: "what it takes over is undone or finished next: people hear the end of that", loops: true},
	"Claim":             {nobody: "green does not exist yet: CreateGreen tells the start"},
	"BuildImage":        {stages: []stageOf{{StageBuilt, programs, built}, {StageBuilding, peopleAndPrograms, building}}, loops: true},
	"CreateGreen":       {stages: []stageOf{{StageStarted, peopleAndPrograms, started}}, starts: true},
	"WaitHealthy":       {stages: []stageOf{{StageAsking, peopleAndPrograms, asking}, {StageHealthy, programs, healthy}}, loops: true, looksAtGreen: true},
	"SwitchTraffic":     {stages: []stageOf{{StageCutover, peopleAndPrograms, cutover}}, loops: true, looksAtGreen: true},
	"ScaleInBlue":       {stages: []stageOf{{StageCommitted, programs, committed}}},
	"CompleteLifecycle": {stages: []stageOf{{StageEnded, peopleAndPrograms, closed}}, loops: true},

	"LaunchInstances": {stages: []stageOf{{StageStarted, programs, replacing}}, starts: true, loops: true},
	"JoinGroup":       {stages: []stageOf{{StageHealthy, programs, healthy}}, loops: true, looksAtGreen: true},
	"EndPrevious":     {nobody: "people hear the end, programs have heard that the new instances serve", loops: true},
	"DrainPrevious":   {nobody: "a step of EndPrevious: people hear the end", loops: true},

	// Of the way back people hear the end.
	"RestoreTraffic": {stages: []stageOf{{StageRestoring, programs, restoring}}, loops: true},
	"RestoreGroup":   {stages: []stageOf{{StageRestoring, programs, restoring}}, loops: true},
	"DrainNew":       {nobody: "a step of the way back: programs have heard its begin, people hear its end", loops: true},
	"RestoreBlue":    {nobody: "a step of the way back: programs have heard its begin, people hear its end"},
	"RemoveGreen":    {nobody: "a step of the way back: programs have heard its begin, people hear its end", loops: true},
	"DrainGreen":     {stages: []stageOf{{StageEnded, peopleAndPrograms, closed}}, loops: true},

	"ReportSuccess":   {stages: []stageOf{{StageEnded, peopleAndPrograms, ended}}},
	"ReportRollback":  {stages: []stageOf{{StageEnded, peopleAndPrograms, ended}}},
	"ReportRejection": {stages: []stageOf{{StageEnded, peopleAndPrograms, ended}}},
	"TooLarge":        {nobody: "no function runs: StatusChange tells it, for there is no report"},
	"PlainRollback":   {nobody: "no function runs: StatusChange tells an end whose report could not be written"},
	"PlainRejection":  {nobody: "no function runs: StatusChange tells an end whose report could not be written"},
	"Succeeded":       {nobody: "ReportSuccess has told it"},
	"RolledBack":      {nobody: "ReportRollback has told it"},
	"Rejected":        {nobody: "ReportRejection has told it"},

	// The machine that drains one instance. People hear of one that did not drain: a night of scale-ins that go well would bury a Stranded.
	"DrainInstance": {stages: []stageOf{{StageDrainStarted, programs, drainStarted}, {StageDrainEnded, programs, drained}, {StageDrainEnded, peopleAndPrograms, undrained}}, loops: true},
	"Drained":       {nobody: "DrainInstance has told it"},
}

// Of is the notice that is due once a function has done its work: call is what it was called with, after what it returned. There is
// one when a poll loop is over, not at every look.
func Of(call deploy.Call, after deploy.Document) (n Notice, worth bool) {
	before := call.Document.Progress
	call.Document = after
	for _, s := range table[call.State].stages {
		n := of(call, s.stage)
		if !s.tell(&n, call, before) {
			continue
		}
		n.clean()
		if s.to == peopleAndPrograms {
			n.write()
		}
		return n, true
	}
	return Notice{}, false
}

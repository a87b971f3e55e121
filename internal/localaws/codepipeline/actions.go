package codepipeline

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/codepipeline/types"
)

// actionRun is one attempt at an action.
type actionRun struct {
	id               string
	run              *stageRun
	declared         types.ActionDeclaration
	resolved         map[string]string // the configuration with the variables' values
	status           types.ActionExecutionStatus
	started, updated time.Time
	updatedBy        string

	summary, externalID, externalURL string
	failure                          *types.ErrorDetails
	token                            string // of an approval that is asked for
	variables                        map[string]string
}

// artifact is what an action made.
type artifact struct {
	files    map[string][]byte // by path; nil when the model does not know how AWS names them
	location types.S3Location
}

// The most characters of a summary and of an error's message (API reference).
const (
	maxSummary = 2048
	maxMessage = 5000
)

func shortened(text string, most int) string {
	if len(text) <= most {
		return text
	}
	const ellipsis = "…"
	cut := most - len(ellipsis)
	for cut > 0 && text[cut]&0xc0 == 0x80 { // in the middle of a character
		cut--
	}
	return text[:cut] + ellipsis
}

// startAction begins an action of a stage.
func (ps *Pipelines) startAction(run *stageRun, declared types.ActionDeclaration) {
	now := ps.account.Now()
	a := &actionRun{
		id: ps.account.UUID(), run: run, declared: declared, status: types.ActionExecutionStatusInProgress, started: now, updated: now,
		variables: make(map[string]string),
	}
	run.actions = append(run.actions, a)
	e := run.execution
	e.actions = append(e.actions, a)
	e.pipeline.latest[place(run.stage.name, *declared.Name)] = a
	ps.tellAction(a, "STARTED")
	var missing string
	if a.resolved, missing = e.resolve(declared.Configuration); missing != "" {
		ps.fail(a, types.FailureTypeConfigurationError, "The action configuration cannot be resolved: no action that ran before has the variable "+missing)
		return
	}
	switch *declared.ActionTypeId.Provider {
	case "CodeCommit":
		ps.afterwards(a, ps.account.Draw(ps.settings.Source), func() { ps.fetch(a) })
	case "Manual":
		ps.ask(a)
	case "StepFunctions":
		ps.afterwards(a, ps.account.Draw(ps.settings.Invoke), func() { ps.invoke(a) })
	}
}

// afterwards goes on with an action once d has passed, if it is still in progress then.
func (ps *Pipelines) afterwards(a *actionRun, d time.Duration, do func()) {
	ps.later(a.run, d, func() {
		if a.status == types.ActionExecutionStatusInProgress {
			do()
		}
	})
}

// succeed ends an action well: what it made and found is there for the actions to come.
func (ps *Pipelines) succeed(a *actionRun, files map[string][]byte) {
	e := a.run.execution
	for _, output := range a.declared.OutputArtifacts {
		e.artifacts[*output.Name] = artifact{files: files, location: types.S3Location{
			Bucket: e.declared.ArtifactStore.Location,
			Key:    aws.String(fmt.Sprintf("%.20s/%.10s/%s", e.pipeline.name, *output.Name, ps.account.Hex(7))),
		}}
	}
	if a.declared.Namespace != nil {
		e.variables[*a.declared.Namespace] = a.variables
	}
	ps.endAction(a, types.ActionExecutionStatusSucceeded)
	ps.goOn(a.run)
}

func (ps *Pipelines) fail(a *actionRun, code types.FailureType, message string) {
	a.failure = &types.ErrorDetails{Code: aws.String(string(code)), Message: aws.String(shortened(message, maxMessage))}
	if a.summary == "" {
		a.summary = shortened(message, maxSummary)
	}
	ps.endAction(a, types.ActionExecutionStatusFailed)
	ps.goOn(a.run)
}

func (ps *Pipelines) endAction(a *actionRun, status types.ActionExecutionStatus) {
	a.status, a.updated, a.run.execution.updated = status, ps.account.Now(), ps.account.Now()
	ps.tellAction(a, stateWord(string(status)))
}

// goOn advances a stage after one of its actions ended.
func (ps *Pipelines) goOn(run *stageRun) {
	ps.later(run, ps.account.Draw(ps.settings.Step), func() { ps.advance(run) })
}

// reference is a variable in an action's configuration (user guide, variables).
var reference = regexp.MustCompile(`#\{([A-Za-z0-9@_-]+)\.([A-Za-z0-9@_-]+)\}`)

// resolve puts the values of variables into a configuration, or names one that has none.
func (e *execution) resolve(configuration map[string]string) (resolved map[string]string, missing string) {
	resolved = make(map[string]string, len(configuration))
	for _, key := range slices.Sorted(maps.Keys(configuration)) {
		resolved[key] = reference.ReplaceAllStringFunc(configuration[key], func(found string) string {
			parts := reference.FindStringSubmatch(found)
			if parts[1] == "codepipeline" && parts[2] == "PipelineExecutionId" {
				return e.id
			}
			value, ok := e.variables[parts[1]][parts[2]]
			if !ok {
				missing = found
			}
			return value
		})
	}
	return resolved, missing
}

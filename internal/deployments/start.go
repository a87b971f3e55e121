package deployments

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sfn"
	"github.com/aws/aws-sdk-go-v2/service/sfn/types"

	"bluegreen/internal/deploy"
)

// Start starts an execution with a request, and returns its ARN. Its name is given, so that a call whose answer is lost and
// that is made again starts no second one.
func (r Reader) Start(ctx context.Context, m Machine, input json.RawMessage, now time.Time) (string, error) {
	machine, err := r.started(ctx, m)
	if err != nil {
		return "", err
	}
	_, _, action := deploy.Asked(input)
	name := nameOf(action, now)
	out, err := r.sfn.StartExecution(ctx, &sfn.StartExecutionInput{StateMachineArn: &machine, Name: &name, Input: aws.String(string(input))})
	if err != nil {
		return "", ask(err, "start the execution of %s", m.Name)
	}
	return aws.ToString(out.ExecutionArn), nil
}

// nameOf is what an execution is called: its action, and the time to the millisecond.
func nameOf(action deploy.Action, now time.Time) string {
	return fmt.Sprintf("%s-%s", action, strings.Replace(now.UTC().Format("20060102-150405.000"), ".", "-", 1))
}

// Ask is a request for a group's lineage that says nothing but what is asked for, and why, where a reason is given. An empty project is the
// lineage's own; now is when it is read.
func (r Reader) Ask(ctx context.Context, action deploy.Action, group, project, reason string, now time.Time) (json.RawMessage, error) {
	if project == "" {
		s, err := r.Status(ctx, group, now)
		if err != nil {
			return nil, err
		}
		project = s.project()
	}
	request := map[string]any{"project": project, "action": action, "blue": map[string]string{"asg_name": group}}
	if reason != "" {
		request["reason"] = reason
	}
	return json.Marshal(request)
}

// Stop stops an execution that runs. What it leaves is not undone by that.
func (r Reader) Stop(ctx context.Context, d Deployment, why string) error {
	if d.State != Running {
		return fmt.Errorf("%s runs no more: it ended %s", d.Name, d.State)
	}
	_, err := r.sfn.StopExecution(ctx, &sfn.StopExecutionInput{ExecutionArn: &d.Execution, Cause: &why})
	return ask(err, "stop %s", d.Name)
}

// Redrive lets an execution that failed or was stopped go on where it ended.
func (r Reader) Redrive(ctx context.Context, d Deployment) error {
	switch d.State {
	case Running, Succeeded, RolledBack, Rejected:
		return fmt.Errorf("%s cannot be redriven: it is %s, and only what is Stranded, Stopped or Failed goes on where it ended", d.Name, d.State)
	}
	_, err := r.sfn.RedriveExecution(ctx, &sfn.RedriveExecutionInput{ExecutionArn: &d.Execution, ClientToken: aws.String(fmt.Sprintf("redrive-%d", d.Redrives+1))})
	var not *types.ExecutionNotRedrivable
	if errors.As(err, &not) {
		return fmt.Errorf("%s cannot be redriven: %s; have another execution recover what it left: bluegreen recover %s", d.Name, not.ErrorMessage(), d.Group)
	}
	return ask(err, "redrive %s", d.Name)
}

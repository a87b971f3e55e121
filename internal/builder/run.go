package builder

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
	"github.com/aws/aws-sdk-go-v2/service/ssm/types"

	"bluegreen/internal/deploy"
	"bluegreen/internal/ledger"
	"bluegreen/internal/step"
)

const (
	shellDocument   = "AWS-RunShellScript"
	deliverySeconds = 120 // that a command may take to reach a builder whose agent answers
)

// Ran is how a script goes on a builder. Systems Manager is the memory: it is found again by its comment.
type Ran struct {
	Sent, Ended, Succeeded bool

	At      time.Time // when it was sent
	Took    time.Duration
	Code    int32  // that it ended with; negative: it did not end by itself
	Details string // as Systems Manager says it: Failed, ExecutionTimedOut, …
	Output  string // the last characters of what it wrote

	command string // id
}

// comment marks a script. What is sent twice has one.
func comment(key string) string { return "bluegreen build " + key }

// seen finds the latest script with a key on an instance. Of several the best counts: the script sees to it that only one does the work.
func (e Ender) seen(ctx context.Context, id, key string) (Ran, error) {
	pages := ssm.NewListCommandInvocationsPaginator(e.scripts, &ssm.ListCommandInvocationsInput{InstanceId: &id, MaxResults: aws.Int32(50)})
	var best Ran
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return best, fmt.Errorf("listing what runs on the builder: %w", err)
		}
		for _, invocation := range page.CommandInvocations {
			if aws.ToString(invocation.Comment) != comment(key) {
				continue
			}
			r := Ran{Sent: true, At: aws.ToTime(invocation.RequestedDateTime), Details: aws.ToString(invocation.StatusDetails), command: aws.ToString(invocation.CommandId)}
			switch invocation.Status {
			case types.CommandInvocationStatusSuccess:
				r.Ended, r.Succeeded = true, true
			case types.CommandInvocationStatusPending, types.CommandInvocationStatusInProgress, types.CommandInvocationStatusDelayed, types.CommandInvocationStatusCancelling:
			default:
				r.Ended = true
			}
			if !best.Sent || r.Succeeded || !r.Ended && best.Ended && !best.Succeeded {
				best = r
			}
		}
	}
	return best, nil
}

// Run has a builder run a command with a number once, and says how it goes. It ends within a time, or is ended then.
func (m Maker) Run(ctx context.Context, s *step.Step, id string, number int, command string, within time.Duration) (Ran, error) {
	key := strconv.Itoa(number)
	ran, err := m.seen(ctx, id, key)
	switch {
	case err != nil:
		return ran, err
	case !ran.Sent:
		ran.Sent = true
		return ran, m.send(ctx, s, id, key, deploy.BuildScript(number, command), within, m.logs, ledger.Creating)
	case ran.Ended:
		return m.output(ctx, id, ran)
	}
	return ran, nil
}

func (e Ender) send(ctx context.Context, s *step.Step, id, key, script string, within time.Duration, logs string, stage ledger.Stage) error {
	input := &ssm.SendCommandInput{
		DocumentName: aws.String(shellDocument), Comment: aws.String(comment(key)), InstanceIds: []string{id}, TimeoutSeconds: aws.Int32(deliverySeconds),
		Parameters: map[string][]string{"commands": {script}, "executionTimeout": {strconv.Itoa(max(int(within.Seconds()), 1))}},
	}
	if logs != "" {
		input.CloudWatchOutputConfig = &types.CloudWatchOutputConfig{CloudWatchLogGroupName: &logs, CloudWatchOutputEnabled: true}
	}
	if _, err := step.Write(ctx, e.sends, s.Holder.At(stage), sends.SendCommand, input); err != nil {
		return fmt.Errorf("sending %s to the builder %s: %w", comment(key), id, err)
	}
	return nil
}

// Whole says where all is that a script wrote; empty: nowhere.
func (m Maker) Whole(ran Ran) string {
	if m.logs == "" {
		return ""
	}
	return fmt.Sprintf("; the log group %s has all of it (streams %s/…), if the instance profile may write there", m.logs, ran.command)
}

// output fills in how long a script took and what it wrote last: its wrapper repeats that as its errors; one that was cut short has
// only what it wrote itself.
func (m Maker) output(ctx context.Context, id string, ran Ran) (Ran, error) {
	out, err := m.outputs.GetCommandInvocation(ctx, &ssm.GetCommandInvocationInput{CommandId: &ran.command, InstanceId: &id})
	if err != nil {
		return ran, fmt.Errorf("reading what a command wrote: %w", err)
	}
	ran.Code = out.ResponseCode
	begun, wrong := time.Parse(time.RFC3339, aws.ToString(out.ExecutionStartDateTime))
	ended, late := time.Parse(time.RFC3339, aws.ToString(out.ExecutionEndDateTime))
	if wrong == nil && late == nil {
		ran.Took = ended.Sub(begun)
	}
	said := strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(aws.ToString(out.StandardErrorContent)), fmt.Sprintf("failed to run commands: exit status %d", ran.Code)))
	if said == "" {
		said = strings.TrimSpace(aws.ToString(out.StandardOutputContent))
	}
	if characters := []rune(said); len(characters) > deploy.OutputKept {
		said = "…" + string(characters[len(characters)-deploy.OutputKept:])
	}
	ran.Output = said
	return ran, nil
}

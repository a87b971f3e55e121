package completelifecycle

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
	"github.com/aws/aws-sdk-go-v2/service/ssm/types"

	"bluegreen/internal/deploy"
	"bluegreen/internal/fleet"
	"bluegreen/internal/step"
)

// A drain's command is found again by these, since nothing of it is kept: Systems Manager is the memory.
const (
	shellDocument = "AWS-RunShellScript"
	drainComment  = "bluegreen drain"
)

// comment marks the drains with a key.
func comment(key string) string { return strings.TrimSpace(drainComment + " " + key) }

// atOnce is how many instances one call of Systems Manager may name, and how many invocations one page holds.
const atOnce = 50

// see finds out how the drain of each waiting instance goes, and remembers since when those without an agent are held.
func (h handler) see(ctx context.Context, s *step.Step, m *memory, g draining, waiting []deploy.Instance) ([]deploy.Draining, error) {
	sent, err := h.invocations(ctx, g.key, g.since, waiting)
	if err != nil {
		return nil, err
	}
	var unsent, silent []string
	for _, instance := range waiting {
		if _, ok := sent[instance.ID]; !ok {
			unsent = append(unsent, instance.ID)
		}
	}
	online, err := fleet.Online(ctx, h.commands, unsent)
	if err != nil {
		return nil, err
	}
	for _, id := range unsent {
		if !online[id] {
			silent = append(silent, id)
		}
	}
	m.Unreached = m.Unreached.See(silent, s.Entered)
	drains := make([]deploy.Draining, 0, len(waiting))
	for _, instance := range waiting {
		d, ok := sent[instance.ID]
		switch {
		case ok:
		case online[instance.ID]:
			d = deploy.Draining{ID: instance.ID, Status: deploy.DrainUnsent, Since: s.Entered}
		default:
			d = deploy.Draining{ID: instance.ID, Status: deploy.DrainNoAgent, Since: m.Unreached.Since(instance.ID, s.Entered)}
		}
		if s.Way == deploy.Alone {
			s.Drained.Status = d.Status
		}
		drains = append(drains, d)
	}
	return drains, nil
}

// invocations returns the drains with a key that were sent since a time, by instance. Of several to one instance the best counts:
// the script sees to it that only one does the work.
func (h handler) invocations(ctx context.Context, key string, since time.Time, waiting []deploy.Instance) (map[string]deploy.Draining, error) {
	input := &ssm.ListCommandInvocationsInput{
		MaxResults: aws.Int32(atOnce),
		Filters: []types.CommandFilter{
			{Key: types.CommandFilterKeyInvokedAfter, Value: aws.String(since.UTC().Format(time.RFC3339))},
			{Key: types.CommandFilterKeyDocumentName, Value: aws.String(shellDocument)},
		},
	}
	if len(waiting) == 1 {
		input.InstanceId = &waiting[0].ID
	}
	sent := make(map[string]deploy.Draining)
	pages := ssm.NewListCommandInvocationsPaginator(h.commands, input)
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, fmt.Errorf("listing the drains: %w", err)
		}
		for _, invocation := range page.CommandInvocations {
			if aws.ToString(invocation.Comment) != comment(key) {
				continue
			}
			d := deploy.Draining{
				ID:     aws.ToString(invocation.InstanceId),
				Status: statusOf(invocation.Status),
				Since:  aws.ToTime(invocation.RequestedDateTime),
			}
			if known, ok := sent[d.ID]; !ok || better(d.Status, known.Status) {
				sent[d.ID] = d
			}
		}
	}
	return sent, nil
}

func statusOf(status types.CommandInvocationStatus) deploy.DrainStatus {
	switch status {
	case types.CommandInvocationStatusSuccess:
		return deploy.DrainSucceeded
	case types.CommandInvocationStatusPending, types.CommandInvocationStatusInProgress, types.CommandInvocationStatusDelayed,
		types.CommandInvocationStatusCancelling:
		return deploy.DrainRunning
	}
	return deploy.DrainFailed
}

func better(a, b deploy.DrainStatus) bool {
	order := []deploy.DrainStatus{deploy.DrainFailed, deploy.DrainRunning, deploy.DrainSucceeded}
	return slices.Index(order, a) > slices.Index(order, b)
}

// send sends the drain's command to instances whose agents take it.
func (h handler) send(ctx context.Context, policy deploy.DrainPolicy, key string, ids []string) error {
	const shortestDelivery = 30 // seconds, the least that SendCommand takes
	for batch := range slices.Chunk(ids, atOnce) {
		_, err := h.commands.SendCommand(ctx, &ssm.SendCommandInput{
			DocumentName:   aws.String(shellDocument),
			Comment:        aws.String(comment(key)),
			InstanceIds:    batch,
			TimeoutSeconds: aws.Int32(int32(max(policy.TimeoutSeconds, shortestDelivery))),
			MaxConcurrency: aws.String("100%"),
			Parameters: map[string][]string{
				"commands":         {policy.Script(key)},
				"executionTimeout": {strconv.Itoa(policy.TimeoutSeconds)},
			},
		})
		if err != nil {
			return fmt.Errorf("sending the drain to %s: %w", deploy.Counted(len(batch), "instance"), err)
		}
	}
	return nil
}

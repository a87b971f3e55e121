package scenario

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge"
	eventtypes "github.com/aws/aws-sdk-go-v2/service/eventbridge/types"
	"github.com/aws/aws-sdk-go-v2/service/sfn"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/cockroachdb/datadriven"

	"bluegreen/internal/notice"
	"bluegreen/internal/rehearsal"
)

// listen keeps our events in a queue from now on, as a program that wants them would.
func (s *Script) listen(ctx context.Context, _ *datadriven.TestData) (string, error) {
	const name = "stages"
	queue, err := sqs.NewFromConfig(s.r.Config).CreateQueue(ctx, &sqs.CreateQueueInput{QueueName: aws.String(name)})
	if err != nil {
		return "", err
	}
	s.stages = *queue.QueueUrl
	rules := eventbridge.NewFromConfig(s.r.Config)
	if _, err := rules.PutRule(ctx, &eventbridge.PutRuleInput{Name: aws.String(name), EventPattern: aws.String(`{"source": ["bluegreen"]}`)}); err != nil {
		return "", err
	}
	_, err = rules.PutTargets(ctx, &eventbridge.PutTargetsInput{Rule: aws.String(name), Targets: []eventtypes.Target{{
		Id: aws.String(name), Arn: aws.String(s.r.AWS.Account.ARN("sqs", name)),
	}}})
	return "", err
}

// events tells our events since the last time; with detail, whole.
func (s *Script) events(ctx context.Context, d *datadriven.TestData) (string, error) {
	if s.stages == "" {
		return "", fmt.Errorf("events: nobody listens; use the command listen before")
	}
	queue := sqs.NewFromConfig(s.r.Config)
	var b strings.Builder
	for {
		got, err := queue.ReceiveMessage(ctx, &sqs.ReceiveMessageInput{QueueUrl: &s.stages, MaxNumberOfMessages: 10})
		if err != nil {
			return "", err
		}
		if len(got.Messages) == 0 {
			break
		}
		for _, message := range got.Messages {
			if err := tellEvent(&b, *message.Body, flag(d, "detail")); err != nil {
				return "", err
			}
			if _, err := queue.DeleteMessage(ctx, &sqs.DeleteMessageInput{QueueUrl: &s.stages, ReceiptHandle: message.ReceiptHandle}); err != nil {
				return "", err
			}
		}
	}
	if b.Len() == 0 {
		return "no events\n", nil
	}
	return b.String(), nil
}

func tellEvent(b *strings.Builder, body string, whole bool) error {
	var event struct {
		DetailType string          `json:"detail-type"`
		Detail     json.RawMessage `json:"detail"`
	}
	if err := json.Unmarshal([]byte(body), &event); err != nil {
		return err
	}
	var n notice.Notice
	if err := json.Unmarshal(event.Detail, &n); err != nil {
		return err
	}
	b.WriteString(strings.TrimSpace(fmt.Sprintf("%s: %s %s", event.DetailType, n.ID, n.Outcome)))
	if whole {
		b.WriteString("\n")
		text, err := json.MarshalIndent(event.Detail, "    ", "  ")
		if err != nil {
			return err
		}
		fmt.Fprintf(b, "    %s", text)
	}
	b.WriteString("\n")
	return nil
}

// metrics tells what the functions' logs hold of metrics: how many values each has, and the last one.
func (s *Script) metrics(context.Context, *datadriven.TestData) (string, error) {
	values := make(map[string][]any)
	for line := range strings.Lines(s.r.Log()) {
		var document map[string]any
		if json.Unmarshal([]byte(line), &document) != nil {
			continue // text
		}
		metadata, ok := document["_aws"].(map[string]any)
		if !ok {
			continue
		}
		for _, directive := range metadata["CloudWatchMetrics"].([]any) {
			for _, metric := range directive.(map[string]any)["Metrics"].([]any) {
				name := metric.(map[string]any)["Name"].(string)
				values[name] = append(values[name], document[name])
			}
		}
	}
	var b strings.Builder
	for _, name := range slices.Sorted(maps.Keys(values)) {
		all := values[name]
		fmt.Fprintf(&b, "%s: %d, the last %v\n", name, len(all), all[len(all)-1])
	}
	return b.String(), nil
}

// logged tells what the functions' logs hold besides metrics.
func (s *Script) logged(context.Context, *datadriven.TestData) (string, error) {
	var b strings.Builder
	for line := range strings.Lines(s.r.Log()) {
		if !strings.HasPrefix(line, "{") {
			b.WriteString(requestID.ReplaceAllString(line, "$1 ID"))
		}
	}
	return b.String(), nil
}

// listed tells the executions of the machine that deploys: name, status and what it was asked to do, the first first.
func (s *Script) listed(ctx context.Context, _ *datadriven.TestData) (string, error) {
	var lines []string
	for _, machine := range slices.Backward(s.r.World.Machines()) {
		pages := sfn.NewListExecutionsPaginator(s.r.Machines, &sfn.ListExecutionsInput{StateMachineArn: &machine})
		for pages.HasMorePages() {
			page, err := pages.NextPage(ctx)
			if err != nil {
				return "", err
			}
			for _, execution := range page.Executions {
				described, err := s.r.Machines.DescribeExecution(ctx, &sfn.DescribeExecutionInput{ExecutionArn: execution.ExecutionArn})
				if err != nil {
					return "", err
				}
				lines = append(lines, fmt.Sprintf("%s: %s %s\n", *execution.Name, execution.Status, rehearsal.ActionOf(aws.ToString(described.Input))))
			}
		}
	}
	slices.Reverse(lines)
	return strings.Join(lines, ""), nil
}

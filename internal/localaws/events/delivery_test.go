package events_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge/types"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/google/go-cmp/cmp"

	"bluegreen/internal/localaws"
	locallambda "bluegreen/internal/localaws/lambda"
	"bluegreen/internal/localaws/wire"
)

// An event reaches every target of the rules that match it, late, and an execution that it starts bears its id.
func TestEventsReachTheirTargets(t *testing.T) {
	run(t, nil, func(w *world) {
		machine, topic := w.machine("orders"), w.topic("orders")
		queue, url := w.queue("orders")
		var invoked []string
		if err := w.Functions.Define(locallambda.FunctionSpec{Name: "orders"}, locallambda.Code(
			func(_ context.Context, _ locallambda.Invocation, payload []byte) ([]byte, *locallambda.Failure) {
				invoked = append(invoked, string(payload))
				return []byte("null"), nil
			})); err != nil {
			t.Fatal(err)
		}
		w.rule("orders", `{"source": ["shop"], "detail": {"total": [{"numeric": [">", 10]}]}}`,
			types.Target{Arn: &machine, RoleArn: aws.String(role)}, types.Target{Arn: &topic},
			types.Target{Arn: aws.String("arn:aws:lambda:ap-northeast-1:000000000000:function:orders")}, types.Target{Arn: &queue})
		w.rule("others", `{"source": ["office"]}`, types.Target{Arn: &topic})
		w.put("shop", `{"total": 10}`)
		id := w.put("shop", `{"total": 12.50, "note": "<&>"}`)
		w.sleep(99 * time.Millisecond)
		if got := len(w.runs(machine)) + len(w.caught(topic)) + len(invoked); got != 0 {
			t.Errorf("%d deliveries came before their time", got)
		}
		w.sleep(time.Second)
		want := `{"version":"0","id":"` + id + `","detail-type":"Order","source":"shop","account":"000000000000",` +
			`"time":"2026-11-21T03:00:00Z","region":"ap-northeast-1","resources":["arn:aws:x:::y"],"detail":{"total":12.50,"note":"<&>"}}`
		if diff := cmp.Diff([]string{want}, w.caught(topic)); diff != "" {
			t.Errorf("the topic (-want +got):\n%s", diff)
		}
		if diff := cmp.Diff([]string{want}, w.received(url)); diff != "" {
			t.Errorf("the queue (-want +got):\n%s", diff)
		}
		if diff := cmp.Diff([]string{want}, invoked); diff != "" {
			t.Errorf("the function (-want +got):\n%s", diff)
		}
		runs := w.runs(machine)
		if len(runs) != 1 || *runs[0].Input != want || !strings.HasPrefix(*runs[0].Name, id+"_") || len(*runs[0].Name) != 73 {
			t.Fatalf("the state machine ran %d times: %+v", len(runs), runs)
		}
		if late := runs[0].StartDate.Sub(w.start); late != 100*time.Millisecond {
			t.Errorf("the execution started after %s", late)
		}
	})
}

func TestTargetsGetTheirInput(t *testing.T) {
	run(t, nil, func(w *world) {
		transformer := func(template string, paths map[string]string) *types.InputTransformer {
			return &types.InputTransformer{InputTemplate: &template, InputPathsMap: paths}
		}
		paths := map[string]string{"who": "$.detail.who", "n": "$.detail.list[1].n", "no": "$.detail.no", "all": "$.detail", "type": "$.detail-type"}
		id := ""
		for _, c := range []struct {
			target types.Target
			want   string
		}{
			{types.Target{Input: aws.String(`{"action": "recover"}`)}, `{"action": "recover"}`},
			{types.Target{InputPath: aws.String("$.detail.list")}, `[1,{"n":2}]`},
			{types.Target{InputPath: aws.String("$.detail.who")}, `"A \"B\""`},
			{types.Target{InputTransformer: transformer(`{"who": <who>, "n": <n>, "says": "<who>: <n><no>", "all": <all>}`, paths)},
				`{"who": "A \"B\"", "n": 2, "says": "A \"B\": 2", "all": {"who":"A \"B\"","list":[1,{"n":2}]}}`},
			{types.Target{InputTransformer: transformer(`"<type> of \"<who>\""`, paths)}, `"Order of \"A \"B\"\""`},
			{types.Target{InputTransformer: transformer(`{"rule": <aws.events.rule-name>, "arn": "<aws.events.rule-arn>", "at": <aws.events.event.ingestion-time>}`, nil)},
				`{"rule": "r", "arn": "arn:aws:events:ap-northeast-1:000000000000:rule/r", "at": "TIME"}`},
			{types.Target{InputTransformer: transformer(`{"event": <aws.events.event.json>}`, nil)}, `{"event": {"version":"0","id":"ID","detail-type":"Order",` +
				`"source":"shop","account":"000000000000","time":"TIME","region":"ap-northeast-1","resources":["arn:aws:x:::y"],"detail":{"who":"A \"B\"","list":[1,{"n":2}]}}}`},
			{types.Target{InputTransformer: transformer(`{"event": <aws.events.event>}`, nil)}, `{"event": {"version":"0","id":"ID","detail-type":"Order",` +
				`"source":"shop","account":"000000000000","time":"TIME","region":"ap-northeast-1","resources":["arn:aws:x:::y"]}}`},
		} {
			topic := w.topic("t")
			c.target.Arn = &topic
			w.rule("r", `{"source": ["shop"]}`, c.target)
			now := w.clock.Now().Format("2006-01-02T15:04:05Z")
			id = w.put("shop", `{"who":"A \"B\"","list":[1,{"n":2}]}`)
			w.sleep(time.Second)
			want := strings.NewReplacer("TIME", now, "ID", id).Replace(c.want)
			caught := w.caught(topic)
			if len(caught) == 0 || caught[len(caught)-1] != want {
				t.Errorf("got  %q\nwant %q", caught[max(0, len(caught)-1):], want)
			}
		}
	})
}

// A target whose service fails is tried again, with growing pauses, as long as its retry policy says; then the event is
// dropped. A target that is gone is not tried again.
func TestFailedDeliveriesAreTriedAgain(t *testing.T) {
	run(t, nil, func(w *world) {
		topic := w.topic("t")
		var attempts []time.Duration
		failures := 3
		w.locked(func() {
			w.Events.SetFaults(func(target string) error {
				attempts = append(attempts, w.clock.Now().Sub(w.start))
				if len(attempts) <= failures {
					return &wire.Error{Code: "InternalFailure", Status: 500}
				}
				return nil
			})
		})
		w.rule("r", `{"source": ["shop"]}`, types.Target{Arn: &topic})
		w.put("shop", `{}`)
		w.sleep(time.Hour)
		if len(w.caught(topic)) != 1 || len(attempts) != 4 {
			t.Errorf("attempts at %v, caught %d", attempts, len(w.caught(topic)))
		}
		for k, longest := 1, time.Second; k < len(attempts); k, longest = k+1, 2*longest {
			if pause := attempts[k] - attempts[k-1]; pause > longest {
				t.Errorf("retry %d came after %s", k, pause)
			}
		}

		attempts, failures = nil, 1000
		w.put("shop", `{}`)
		w.sleep(48 * time.Hour)
		if n := len(attempts); n > 186 || n < 100 || attempts[n-1]-attempts[0] > 24*time.Hour {
			t.Errorf("%d attempts without a retry policy, until %s after the first", n, attempts[n-1]-attempts[0])
		}

		w.rule("r", `{"source": ["shop"]}`, types.Target{Arn: &topic, RetryPolicy: &types.RetryPolicy{MaximumRetryAttempts: aws.Int32(2)}})
		attempts = nil
		w.put("shop", `{}`)
		w.sleep(time.Hour)
		if len(attempts) != 3 {
			t.Errorf("%d attempts with two retries", len(attempts))
		}

		attempts, failures = nil, 0
		must(w, w.sns.DeleteTopic, &sns.DeleteTopicInput{TopicArn: &topic})
		w.put("shop", `{}`)
		w.sleep(time.Hour)
		if len(attempts) != 1 {
			t.Errorf("%d attempts at a topic that is gone", len(attempts))
		}
	})
}

func TestEventsGetLostAndDuplicated(t *testing.T) {
	count := func(change func(*localaws.Settings)) (n int) {
		run(t, change, func(w *world) {
			topic := w.topic("t")
			w.rule("r", `{"source": ["shop"]}`, types.Target{Arn: &topic})
			for range 100 {
				w.put("shop", `{}`)
			}
			w.sleep(time.Second)
			n = len(w.caught(topic))
		})
		return n
	}
	if n := count(nil); n != 100 {
		t.Errorf("%d of 100 arrived of a reliable bus", n)
	}
	if n := count(func(s *localaws.Settings) { s.Events.LossProbability = 0.3 }); n < 50 || n > 85 {
		t.Errorf("%d of 100 arrived with a loss of 0.3", n)
	}
	if n := count(func(s *localaws.Settings) { s.Events.DuplicateProbability = 0.2 }); n < 108 || n > 135 {
		t.Errorf("%d arrived with a fifth duplicated", n)
	}
	run(t, nil, func(w *world) {
		topic := w.topic("t")
		w.rule("r", `{"source": ["shop"]}`, types.Target{Arn: &topic})
		w.locked(func() { w.Events.Lose(func(detailType string) bool { return detailType == "Order" }) })
		w.put("shop", `{}`)
		w.sleep(time.Second)
		if n := len(w.caught(topic)); n != 0 {
			t.Errorf("%d arrived of what was to be lost", n)
		}
	})
}

func TestRules(t *testing.T) {
	run(t, nil, func(w *world) {
		topic := w.topic("t")
		pattern := aws.String(`{"source": ["shop"]}`)
		out := must(w, w.events.PutRule, &eventbridge.PutRuleInput{Name: aws.String("one"), EventPattern: pattern, Description: aws.String("first"),
			State: types.RuleStateDisabled, Tags: []types.Tag{{Key: aws.String("project"), Value: aws.String("ec")}}})
		const arn = "arn:aws:events:ap-northeast-1:000000000000:rule/one"
		if *out.RuleArn != arn {
			t.Errorf("the rule is %s", *out.RuleArn)
		}
		if tags := must(w, w.events.ListTagsForResource, &eventbridge.ListTagsForResourceInput{ResourceARN: aws.String(arn)}).Tags; len(tags) != 1 || *tags[0].Value != "ec" {
			t.Errorf("its tags are %v", tags)
		}
		must(w, w.events.PutTargets, &eventbridge.PutTargetsInput{Rule: aws.String("one"), Targets: []types.Target{{Id: aws.String("t"), Arn: &topic}}})
		w.put("shop", "{}")
		must(w, w.events.EnableRule, &eventbridge.EnableRuleInput{Name: aws.String("one")})
		w.put("shop", "{}")
		must(w, w.events.DisableRule, &eventbridge.DisableRuleInput{Name: aws.String("one"), EventBusName: aws.String("default")})
		w.put("shop", "{}")
		w.sleep(time.Second)
		if n := len(w.caught(topic)); n != 1 {
			t.Errorf("%d events came through a rule that was enabled for one", n)
		}
		described := must(w, w.events.DescribeRule, &eventbridge.DescribeRuleInput{Name: aws.String("one")})
		if described.State != types.RuleStateDisabled || *described.EventPattern != *pattern || *described.Description != "first" {
			t.Errorf("described %+v", described)
		}
		for k := range 3 {
			w.rule(fmt.Sprintf("more-%d", k), *pattern)
		}
		page := must(w, w.events.ListRules, &eventbridge.ListRulesInput{NamePrefix: aws.String("more"), Limit: aws.Int32(2)})
		rest := must(w, w.events.ListRules, &eventbridge.ListRulesInput{NamePrefix: aws.String("more"), NextToken: page.NextToken})
		if len(page.Rules) != 2 || len(rest.Rules) != 1 || *rest.Rules[0].Name != "more-2" || rest.NextToken != nil {
			t.Errorf("pages of %d and %d", len(page.Rules), len(rest.Rules))
		}
		refused(w, w.events.DeleteRule, &eventbridge.DeleteRuleInput{Name: aws.String("one")}, "ValidationException", "Rule can't be deleted since it has targets.")
		removed := must(w, w.events.RemoveTargets, &eventbridge.RemoveTargetsInput{Rule: aws.String("one"), Ids: []string{"t", "u"}})
		if removed.FailedEntryCount != 1 || *removed.FailedEntries[0].TargetId != "u" {
			t.Errorf("removed %+v", removed)
		}
		must(w, w.events.DeleteRule, &eventbridge.DeleteRuleInput{Name: aws.String("one")})
		must(w, w.events.DeleteRule, &eventbridge.DeleteRuleInput{Name: aws.String("one")})
		refused(w, w.events.DescribeRule, &eventbridge.DescribeRuleInput{Name: aws.String("one")},
			"ResourceNotFoundException", "Rule one does not exist on EventBus default.")
	})
}

func TestWhatIsRefused(t *testing.T) {
	run(t, nil, func(w *world) {
		w.rule("r", `{"source": ["shop"]}`)
		rule := func(in eventbridge.PutRuleInput, code, text string) {
			t.Helper()
			if in.Name == nil {
				in.Name = aws.String("x")
			}
			refused(w, w.events.PutRule, &in, code, text)
		}
		rule(eventbridge.PutRuleInput{}, "ValidationException", "Parameter(s) EventPattern or ScheduleExpression must be specified.")
		rule(eventbridge.PutRuleInput{ScheduleExpression: aws.String("rate(5 minutes)")}, "NotModelled", "ScheduleExpression")
		rule(eventbridge.PutRuleInput{Name: aws.String("a b"), EventPattern: aws.String("{}")}, "ValidationException", "regular expression")
		rule(eventbridge.PutRuleInput{EventPattern: aws.String(`{"a": [1]}`), EventBusName: aws.String("mine")}, "NotModelled", "the event bus mine")
		rule(eventbridge.PutRuleInput{EventPattern: aws.String(`{"id": ["1"]}`)}, "NotModelled", "id")
		rule(eventbridge.PutRuleInput{EventPattern: aws.String(`{"a": [{"cidr": "10.0.0.0/8"}]}`)}, "NotModelled", "cidr")
		const machine = "arn:aws:states:ap-northeast-1:000000000000:stateMachine:m"
		const topic = "arn:aws:sns:ap-northeast-1:000000000000:t"
		target := func(target types.Target, code, text string) {
			t.Helper()
			target.Id = aws.String("t")
			refused(w, w.events.PutTargets, &eventbridge.PutTargetsInput{Rule: aws.String("r"), Targets: []types.Target{target}}, code, text)
		}
		target(types.Target{Arn: aws.String("t")}, "ValidationException", "Parameter t is not valid. Reason: Provided Arn is not in correct format.")
		target(types.Target{Arn: aws.String(machine)}, "ValidationException", "RoleArn is required for target "+machine+".")
		target(types.Target{Arn: aws.String("arn:aws:ecs:ap-northeast-1:000000000000:cluster/c")}, "NotModelled", "targets of ecs")
		target(types.Target{Arn: aws.String("arn:aws:dynamodb:ap-northeast-1:000000000000:table/t")}, "ValidationException", "dynamodb is not a supported service for a target.")
		target(types.Target{Arn: aws.String(topic), Input: aws.String("x")}, "ValidationException", "JSON syntax error in input for target t")
		target(types.Target{Arn: aws.String(topic), Input: aws.String("1"), InputPath: aws.String("$")}, "ValidationException",
			"Only one of Input, InputPath, or InputTransformer must be provided for target t.")
		target(types.Target{Arn: aws.String(topic), InputPath: aws.String("$..x")}, "NotModelled", "$..x")
		target(types.Target{Arn: aws.String(topic), InputTransformer: &types.InputTransformer{InputTemplate: aws.String(`{"a": <b>}`)}},
			"ValidationException", "InputTemplate for target t contains invalid placeholder b.")
		target(types.Target{Arn: aws.String(topic), DeadLetterConfig: &types.DeadLetterConfig{Arn: aws.String("x")}}, "NotModelled", "DeadLetterConfig")
		refused(w, w.events.PutTargets, &eventbridge.PutTargetsInput{Rule: aws.String("none"), Targets: []types.Target{{Id: aws.String("t"), Arn: aws.String(topic)}}},
			"ResourceNotFoundException", "Rule none does not exist on EventBus default.")
		var six []types.Target
		for k := range 6 {
			six = append(six, types.Target{Id: aws.String(fmt.Sprint(k)), Arn: aws.String(topic)})
		}
		refused(w, w.events.PutTargets, &eventbridge.PutTargetsInput{Rule: aws.String("r"), Targets: six},
			"LimitExceededException", "The requested resource exceeds the maximum number allowed.")

		out := must(w, w.events.PutEvents, &eventbridge.PutEventsInput{Entries: []types.PutEventsRequestEntry{
			{DetailType: aws.String("d"), Detail: aws.String("{}")},
			{Source: aws.String("aws.ec2"), DetailType: aws.String("d"), Detail: aws.String("{}")},
			{Source: aws.String("shop"), DetailType: aws.String("d"), Detail: aws.String("[]")},
			{Source: aws.String("shop"), DetailType: aws.String("d"), Detail: aws.String("{}")},
		}})
		var codes []string
		for _, entry := range out.Entries {
			codes = append(codes, aws.ToString(entry.ErrorCode))
		}
		if diff := cmp.Diff([]string{"InvalidArgument", "NotAuthorizedForSourceException", "MalformedDetail", ""}, codes); diff != "" || out.FailedEntryCount != 3 {
			t.Errorf("%d failed (-want +got):\n%s", out.FailedEntryCount, diff)
		}
	})
}

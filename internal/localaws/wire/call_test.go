package wire_test

import (
	"context"
	"errors"
	"fmt"
	"net/http/httptest"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/sfn"

	"bluegreen/internal/clock"
	"bluegreen/internal/localaws/account"
	"bluegreen/internal/localaws/faults"
	"bluegreen/internal/localaws/wire"
)

// counting is a group service whose one operation counts how often it took effect.
func counting(effects *int) wire.Service {
	return groups(wire.Op("SetDesiredCapacity",
		func(*wire.Call, *autoscaling.SetDesiredCapacityInput) (*autoscaling.SetDesiredCapacityOutput, error) {
			*effects++
			return &autoscaling.SetDesiredCapacityOutput{}, nil
		}, "AutoScalingGroupName", "DesiredCapacity").Requires("AutoScalingGroupName", "DesiredCapacity"))
}

// call makes one call with the caller's own configuration.
func call(w *world, caller wire.Caller, options ...func(*autoscaling.Options)) error {
	_, err := autoscaling.NewFromConfig(w.endpoint.Config(caller)).SetDesiredCapacity(context.Background(),
		&autoscaling.SetDesiredCapacityInput{AutoScalingGroupName: aws.String("g"), DesiredCapacity: aws.Int32(1)}, options...)
	return err
}

func once(o *autoscaling.Options) { o.RetryMaxAttempts = 1 }

func TestFaultsStrike(t *testing.T) {
	for _, c := range []struct {
		rule    faults.Rule
		code    string
		text    string
		effects int
	}{
		{faults.Rule{Kind: faults.Throttle}, "Throttling", "Rate exceeded", 0},
		{faults.Rule{Kind: faults.FailBefore}, "InternalFailure", "", 0},
		{faults.Rule{Kind: faults.Unavailable}, "ServiceUnavailable", "", 0},
		{faults.Rule{Kind: faults.FailAfter}, "InternalFailure", "", 1},
		{faults.Rule{Kind: faults.Deny}, "AccessDenied", "User: arn:aws:iam::000000000000:user/someone is not authorized to perform: autoscaling:SetDesiredCapacity", 0},
		{faults.Rule{Kind: faults.Refuse, Code: "ResourceContention", Message: "pending", Status: 500}, "ResourceContention", "pending", 0},
		{faults.Rule{Kind: faults.Deny, Operation: "Other"}, "", "", 1},
		{faults.Rule{Kind: faults.Deny, Caller: "other"}, "", "", 1},
		{faults.Rule{Kind: faults.Deny, Nth: 2}, "", "", 1},
		{faults.Rule{Kind: faults.Deny, From: start.Add(time.Hour)}, "", "", 1},
		{faults.Rule{Kind: faults.Deny, Until: start}, "", "", 1},
	} {
		w, effects := newWorld(c.rule), 0
		w.endpoint.Add(counting(&effects))
		w.clock.Run(func() {
			err := call(w, wire.Caller{AccessKeyID: "someone"}, once)
			if c.code == "" && err != nil {
				t.Errorf("%+v: %v", c.rule, err)
			}
			if c.code != "" {
				wantError(t, err, c.code, c.text)
			}
		})
		if effects != c.effects {
			t.Errorf("%s: %d effects, want %d", c.rule.Kind, effects, c.effects)
		}
		record := w.plan.Calls()[0]
		if record.Code != c.code || record.Operation != "SetDesiredCapacity" || record.Caller != "someone" || record.Effect != (c.effects == 1) {
			t.Errorf("%s: logged %+v", c.rule.Kind, record)
		}
	}
}

func TestLostAnswerIsRetriedOnTheClock(t *testing.T) {
	w, effects := newWorld(faults.Rule{Kind: faults.LoseAnswer, Times: 2}), 0
	w.endpoint.Add(counting(&effects))
	w.clock.Run(func() {
		if err := call(w, wire.Caller{Seed: 3}); err != nil {
			t.Error(err)
		}
	})
	if effects != 3 || len(w.plan.Calls()) != 3 {
		t.Errorf("%d effects, %d calls; want 3, 3", effects, len(w.plan.Calls()))
	}
	waits := w.clock.Now().Sub(start)
	if waits < 500*time.Millisecond || waits > 7*time.Second {
		t.Errorf("three attempts took %s of the clock", waits)
	}
	if record := w.plan.Calls()[0]; record.Code != "(no answer)" || !record.Effect {
		t.Errorf("logged %+v", record)
	}
}

func TestSlowAnswerOverrunsTheCallersDeadline(t *testing.T) {
	w, effects := newWorld(faults.Rule{Kind: faults.SlowAfter, Delay: time.Minute}), 0
	w.endpoint.Add(counting(&effects))
	w.clock.Run(func() {
		ctx, cancel := w.clock.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		client := autoscaling.NewFromConfig(w.endpoint.Config(wire.Caller{}))
		_, err := client.SetDesiredCapacity(ctx, &autoscaling.SetDesiredCapacityInput{AutoScalingGroupName: aws.String("g"), DesiredCapacity: aws.Int32(1)})
		if !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("got %v", err)
		}
	})
	if effects != 1 {
		t.Errorf("%d effects, want 1", effects)
	}
}

func TestKilledCallerNeverReturns(t *testing.T) {
	for _, c := range []struct {
		kind    faults.Kind
		effects int
	}{{faults.KillBefore, 0}, {faults.KillAfter, 1}} {
		w, effects := newWorld(faults.Rule{Kind: c.kind, Caller: "victim"}), 0
		w.endpoint.Add(counting(&effects))
		dead := map[string]bool{}
		w.plan.OnKill(func(caller string) { dead[caller] = true })
		returned, cleaned := false, false
		w.clock.Run(func() {
			ended := w.clock.NewEvent()
			w.clock.Go(func() {
				defer ended.Set()
				defer func() { cleaned = true }()
				_ = call(w, wire.Caller{AccessKeyID: "victim", Dead: func() bool { return dead["victim"] }})
				returned = true
			})
			_ = ended.Wait(context.Background())
			if err := call(w, wire.Caller{AccessKeyID: "bystander"}); err != nil {
				t.Error(err)
			}
		})
		if returned || !cleaned || effects != c.effects+1 {
			t.Errorf("%s: returned %v, cleaned %v, %d effects", c.kind, returned, cleaned, effects)
		}
	}
}

func TestBucketThrottlesAndRefills(t *testing.T) {
	w, effects := newWorld(), 0
	settings := wire.DefaultSettings()
	settings.Latency = account.Constant(time.Millisecond)
	settings.Buckets = map[string]wire.Bucket{"autoscaling": {Size: 3, Refill: 1}}
	w.endpoint = wire.NewEndpoint(w.account, settings, w.plan)
	w.endpoint.Add(counting(&effects))
	w.clock.Run(func() {
		for range 3 {
			if err := call(w, wire.Caller{}, once); err != nil {
				t.Error(err)
			}
		}
		wantError(t, call(w, wire.Caller{}, once), "Throttling", "Rate exceeded")
		_ = w.clock.Sleep(context.Background(), time.Second)
		if err := call(w, wire.Caller{}, once); err != nil {
			t.Error(err)
		}
	})
}

func TestAuthorizeDenies(t *testing.T) {
	w, effects := newWorld(), 0
	w.endpoint.Add(counting(&effects))
	w.endpoint.Identify(func(caller string) wire.Principal {
		return wire.Principal{ARN: "arn:aws:sts::000000000000:assumed-role/r/" + caller, Function: caller}
	})
	w.endpoint.Authorize(func(call *wire.Call, input any) error {
		if call.Principal.Function == "writer" {
			return nil
		}
		return wire.Denied(call, "autoscaling:SetDesiredCapacity", "arn:of:"+*input.(*autoscaling.SetDesiredCapacityInput).AutoScalingGroupName, false)
	})
	w.clock.Run(func() {
		if err := call(w, wire.Caller{AccessKeyID: "writer"}); err != nil {
			t.Error(err)
		}
		wantError(t, call(w, wire.Caller{AccessKeyID: "reader"}), "AccessDenied", "assumed-role/r/reader is not authorized to perform: autoscaling:SetDesiredCapacity on resource: arn:of:g because no")
	})
	if effects != 1 {
		t.Errorf("%d effects: what is denied has none", effects)
	}
}

func TestErrorsAreWordedAsTheServiceDoes(t *testing.T) {
	w := newWorld(faults.Rule{Kind: faults.Throttle, Nth: 1, Times: -1})
	run := func(*wire.Call, *ec2.DescribeInstancesInput) (*ec2.DescribeInstancesOutput, error) { return nil, nil }
	list := func(*wire.Call, *sfn.ListStateMachinesInput) (*sfn.ListStateMachinesOutput, error) { return nil, nil }
	w.endpoint.Add(wire.Service{SigningName: "ec2", Protocol: wire.EC2Query, Version: "2016-11-15", Operations: []wire.Operation{wire.Op("DescribeInstances", run)}})
	w.endpoint.Add(wire.Service{SigningName: "states", Protocol: wire.AWSJSON10, TargetPrefix: "AWSStepFunctions", LowerCamel: true, Operations: []wire.Operation{wire.Op("ListStateMachines", list)}})
	w.clock.Run(func() {
		config := w.endpoint.Config(wire.Caller{})
		_, err := ec2.NewFromConfig(config).DescribeInstances(context.Background(), &ec2.DescribeInstancesInput{}, func(o *ec2.Options) { o.RetryMaxAttempts = 1 })
		wantError(t, err, "RequestLimitExceeded", "Request limit exceeded.")
		_, err = sfn.NewFromConfig(config).ListStateMachines(context.Background(), &sfn.ListStateMachinesInput{}, func(o *sfn.Options) { o.RetryMaxAttempts = 1 })
		wantError(t, err, "ThrottlingException", "Rate exceeded")
	})
}

// TestRunFollowsFromItsSeed: the same seeds give the same retries, request ids and times.
func TestRunFollowsFromItsSeed(t *testing.T) {
	run := func(seed uint64) string {
		w, effects := newWorld(faults.Rule{Kind: faults.Throttle, Times: 2}), 0
		w.endpoint.Add(counting(&effects))
		w.clock.Run(func() { _ = call(w, wire.Caller{Seed: seed}) })
		return fmt.Sprint(w.clock.Now(), w.plan.Calls())
	}
	first, second, other := run(1), run(1), run(2)
	if first != second {
		t.Errorf("two runs of one seed differ:\n%s\n%s", first, second)
	}
	if first == other {
		t.Error("runs of two seeds are equal: the jitter doesn't follow from the seed")
	}
}

// TestTokenFollowsFromTheSeed: the SDK would draw idempotency tokens from the system's randomness.
func TestTokenFollowsFromTheSeed(t *testing.T) {
	var tokens []string
	for _, seed := range []uint64{1, 1, 2} {
		w := newWorld()
		w.endpoint.Add(wire.Service{SigningName: "ec2", Protocol: wire.EC2Query, Version: "2016-11-15", Operations: []wire.Operation{
			wire.Op("RunInstances", func(_ *wire.Call, in *ec2.RunInstancesInput) (*ec2.RunInstancesOutput, error) {
				tokens = append(tokens, aws.ToString(in.ClientToken))
				return &ec2.RunInstancesOutput{}, nil
			}, "MinCount", "MaxCount", "ClientToken")}})
		w.clock.Run(func() {
			in := &ec2.RunInstancesInput{MinCount: aws.Int32(1), MaxCount: aws.Int32(1)}
			if _, err := ec2.NewFromConfig(w.endpoint.Config(wire.Caller{Seed: seed})).RunInstances(context.Background(), in); err != nil {
				t.Fatal(err)
			}
			if in.ClientToken != nil {
				t.Error("the caller's input was changed")
			}
		})
	}
	if len(tokens[0]) != 36 || tokens[0] != tokens[1] || tokens[0] == tokens[2] {
		t.Errorf("tokens of the seeds 1, 1, 2: %v", tokens)
	}
}

// TestOverHTTP speaks to the endpoint as a person's client does, over a real connection.
func TestOverHTTP(t *testing.T) {
	acct := account.New("000000000000", "ap-northeast-1", clock.NewScaled(100), 1)
	plan := faults.NewPlan(faults.Rule{Kind: faults.LoseAnswer, Nth: 2})
	plan.Keep(-1)
	endpoint, effects := wire.NewEndpoint(acct, wire.DefaultSettings(), plan), 0
	endpoint.Add(counting(&effects))
	server := httptest.NewServer(endpoint)
	defer server.Close()
	config := endpoint.Config(wire.Caller{AccessKeyID: "AKIAPERSON"})
	config.BaseEndpoint, config.HTTPClient = &server.URL, server.Client()
	client := autoscaling.NewFromConfig(config, once)
	for i := range 3 {
		_, err := client.SetDesiredCapacity(context.Background(), &autoscaling.SetDesiredCapacityInput{AutoScalingGroupName: aws.String("g"), DesiredCapacity: aws.Int32(1)})
		if lost := err != nil; lost != (i == 1) {
			t.Errorf("call %d: %v", i, err)
		}
	}
	_, err := client.SetDesiredCapacity(context.Background(), &autoscaling.SetDesiredCapacityInput{AutoScalingGroupName: aws.String("g"), DesiredCapacity: aws.Int32(1), HonorCooldown: aws.Bool(true)})
	wantError(t, err, "NotModelled", "parameter HonorCooldown of autoscaling:SetDesiredCapacity")
	if effects != 3 || plan.Calls()[0].Caller != "AKIAPERSON" {
		t.Errorf("%d effects, calls %+v", effects, plan.Calls())
	}
	// What the SDK's own client would not send: without a member, with one that is no number, and with no operation of AWS.
	for body, want := range map[string]string{
		"Action=SetDesiredCapacity&Version=2011-01-01&AutoScalingGroupName=g":                   "<Code>ValidationError</Code><Message>1 validation error detected: Value null at &#39;desiredCapacity&#39; failed to satisfy constraint: Member must not be null</Message>",
		"Action=SetDesiredCapacity&Version=2011-01-01&AutoScalingGroupName=g&DesiredCapacity=x": "<Code>MalformedInput</Code><Message>DesiredCapacity must be an integer</Message>",
		"Action=Explode&Version=2011-01-01":                                                     "localaws does not model autoscaling:Explode",
	} {
		recorder := httptest.NewRecorder()
		request := httptest.NewRequest("POST", "http://127.0.0.1/", strings.NewReader(body))
		request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		sign(request, "autoscaling")
		endpoint.ServeHTTP(recorder, request)
		if !strings.Contains(recorder.Body.String(), want) {
			t.Errorf("%s: got %s", body, recorder.Body)
		}
	}
}

func TestConnectionResetIsWhatALostAnswerLooksLike(t *testing.T) {
	w, effects := newWorld(faults.Rule{Kind: faults.LoseAnswer}), 0
	w.endpoint.Add(counting(&effects))
	w.clock.Run(func() {
		if err := call(w, wire.Caller{}, once); !errors.Is(err, syscall.ECONNRESET) {
			t.Errorf("got %v", err)
		}
	})
}

package route53_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/route53"
	"github.com/aws/aws-sdk-go-v2/service/route53/types"
	"github.com/aws/smithy-go"

	"bluegreen/internal/clock"
	"bluegreen/internal/localaws/account"
	"bluegreen/internal/localaws/route53"
	"bluegreen/internal/localaws/wire"
)

// world is an account with the zone example.com, and a client. Changes take 40 s.
type world struct {
	*testing.T
	clock   *clock.Virtual
	account *account.Account
	zones   *route53.Zones
	client  *sdk.Client
	zone    *string
}

func run(t *testing.T, test func(*world)) {
	t.Helper()
	w := &world{T: t, clock: clock.NewVirtual(time.Date(2026, 11, 21, 3, 0, 0, 0, time.UTC))}
	defer w.clock.Close()
	w.account = account.New("000000000000", "ap-northeast-1", w.clock, 1)
	settings := route53.DefaultSettings()
	settings.Propagation = account.Constant(40 * time.Second)
	w.zones = route53.New(w.account, settings)
	front := wire.DefaultSettings()
	front.Latency, front.Latencies, front.Buckets = account.Constant(time.Millisecond), nil, nil
	endpoint := wire.NewEndpoint(w.account, front, nil)
	endpoint.Add(w.zones.Service())
	w.client = sdk.NewFromConfig(endpoint.Config(wire.Caller{}))
	w.clock.Run(func() {
		w.zone = must(w, w.client.CreateHostedZone, &sdk.CreateHostedZoneInput{Name: aws.String("Example.com"), CallerReference: aws.String("1")}).HostedZone.Id
		test(w)
	})
}

func must[In, Out any](w *world, call func(context.Context, *In, ...func(*sdk.Options)) (*Out, error), in *In) *Out {
	w.Helper()
	out, err := call(context.Background(), in)
	if err != nil {
		w.Fatalf("%T: %v", in, err)
	}
	return out
}

func refused[In, Out any](w *world, call func(context.Context, *In, ...func(*sdk.Options)) (*Out, error), in *In, code, message string) {
	w.Helper()
	_, err := call(context.Background(), in)
	var answered smithy.APIError
	if !errors.As(err, &answered) {
		w.Errorf("%T: got %v, want %s", in, err, code)
		return
	}
	if answered.ErrorCode() != code || answered.ErrorMessage() != message {
		w.Errorf("%T: got %s: %s\nwant %s: %s", in, answered.ErrorCode(), answered.ErrorMessage(), code, message)
	}
}

func (w *world) pass(d time.Duration) { _ = w.clock.Sleep(context.Background(), d) }

func (w *world) do(f func()) {
	w.account.Lock()
	defer w.account.Unlock()
	f()
}

// batch is a request with changes: action and record set in turn.
func (w *world) batch(changes ...any) *sdk.ChangeResourceRecordSetsInput {
	in := &sdk.ChangeResourceRecordSetsInput{HostedZoneId: w.zone, ChangeBatch: &types.ChangeBatch{}}
	for k := 0; k < len(changes); k += 2 {
		set := changes[k+1].(types.ResourceRecordSet)
		in.ChangeBatch.Changes = append(in.ChangeBatch.Changes, types.Change{Action: types.ChangeAction(changes[k].(string)), ResourceRecordSet: &set})
	}
	return in
}

func (w *world) change(changes ...any) *types.ChangeInfo {
	w.Helper()
	return must(w, w.client.ChangeResourceRecordSets, w.batch(changes...)).ChangeInfo
}

func (w *world) refusedChange(message string, changes ...any) {
	w.Helper()
	refused(w, w.client.ChangeResourceRecordSets, w.batch(changes...), "InvalidChangeBatch", message)
}

// alias is a record set that stands for a load balancer.
func alias(name, balancer string) types.ResourceRecordSet {
	return types.ResourceRecordSet{Name: &name, Type: types.RRTypeA, AliasTarget: &types.AliasTarget{
		DNSName: aws.String("dualstack." + balancer + ".ap-northeast-1.elb.amazonaws.com"), HostedZoneId: aws.String("Z14GRHDCWA56QT"), EvaluateTargetHealth: true}}
}

func address(name, value string) types.ResourceRecordSet {
	return types.ResourceRecordSet{Name: &name, Type: types.RRTypeA, TTL: aws.Int64(300), ResourceRecords: []types.ResourceRecord{{Value: &value}}}
}

func weigh(set types.ResourceRecordSet, identifier string, weight int64) types.ResourceRecordSet {
	set.SetIdentifier, set.Weight = &identifier, &weight
	return set
}

// listed are the zone's record sets from a name on, with their targets.
func (w *world) listed(from string) []string {
	w.Helper()
	in := &sdk.ListResourceRecordSetsInput{HostedZoneId: w.zone, MaxItems: aws.Int32(2)}
	if from != "" {
		in.StartRecordName = &from
	}
	var all []string
	for {
		out := must(w, w.client.ListResourceRecordSets, in)
		for _, set := range out.ResourceRecordSets {
			line := *set.Name + " " + string(set.Type)
			if set.SetIdentifier != nil {
				line += " " + *set.SetIdentifier
			}
			if set.AliasTarget != nil {
				line += " " + *set.AliasTarget.DNSName
			}
			all = append(all, line)
		}
		if !out.IsTruncated {
			return all
		}
		in.StartRecordName, in.StartRecordType, in.StartRecordIdentifier = out.NextRecordName, out.NextRecordType, out.NextRecordIdentifier
	}
}

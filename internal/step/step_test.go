package step_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"bluegreen/internal/clock"
	"bluegreen/internal/deploy"
	"bluegreen/internal/fault"
	"bluegreen/internal/ledger"
	"bluegreen/internal/localaws/account"
	localdynamodb "bluegreen/internal/localaws/dynamodb"
	"bluegreen/internal/localaws/faults"
	"bluegreen/internal/localaws/wire"
	"bluegreen/internal/step"
)

// withLedger runs a test with the real client of a table of records.
func withLedger(t *testing.T, test func(context.Context, ledger.Ledger, *dynamodb.Client)) {
	t.Helper()
	c := clock.NewVirtual(began)
	defer c.Close()
	a := account.New("000000000000", "ap-northeast-1", c, 1)
	endpoint := wire.NewEndpoint(a, wire.DefaultSettings(), faults.NewPlan())
	endpoint.Add(localdynamodb.New(a, localdynamodb.DefaultSettings()).Service())
	c.Run(func() {
		ctx := context.Background()
		cfg := endpoint.Config(wire.Caller{})
		client := dynamodb.NewFromConfig(cfg)
		_, err := client.CreateTable(ctx, &dynamodb.CreateTableInput{
			TableName: aws.String("ledger"), BillingMode: types.BillingModePayPerRequest,
			KeySchema:            []types.KeySchemaElement{{AttributeName: aws.String(ledger.KeyAttribute), KeyType: types.KeyTypeHash}},
			AttributeDefinitions: []types.AttributeDefinition{{AttributeName: aws.String(ledger.KeyAttribute), AttributeType: types.ScalarAttributeTypeS}},
		})
		if err != nil {
			t.Error(err)
			return
		}
		_ = c.Sleep(ctx, time.Minute) // until the table is active
		test(ctx, ledger.Open(cfg, "ledger"), client)
	})
}

// callOf is a call of an execution's state for a deployment of web.
func callOf(execution string) deploy.Call {
	return deploy.Call{
		Execution: deploy.Execution{ID: execution}, State: "Loop", Entered: began,
		Document: deploy.Document{Deployment: &deploy.Deployment{Lineage: "web", Execution: "first", WaitSeconds: 30}},
	}
}

// tables is what a test writes with.
type tables interface {
	DeleteTable(context.Context, *dynamodb.DeleteTableInput, ...func(*dynamodb.Options)) (*dynamodb.DeleteTableOutput, error)
}

// A write is made once, and only if the lock is the execution's, for its deployment, at one of the fence's stages.
func TestWriteStandsBehindTheFence(t *testing.T) {
	for _, c := range []struct {
		name, execution, deployment string
		stage                       ledger.Stage
		may                         bool
	}{
		{"the first stage", "mine", "first", ledger.Creating, true},
		{"the second stage", "mine", "first", ledger.Switching, true},
		{"a stage behind it", "mine", "first", ledger.Committed, false},
		{"another's lock", "other", "first", ledger.Creating, false},
		{"another deployment of its execution", "mine", "second", ledger.Creating, false},
	} {
		withLedger(t, func(ctx context.Context, l ledger.Ledger, client *dynamodb.Client) {
			lock := &ledger.Lock{Execution: c.execution, Stage: c.stage, Deployment: deploy.Deployment{Execution: c.deployment}}
			if _, err := l.Put(ctx, ledger.Record{Lineage: "web", Lock: lock}); err != nil {
				t.Error(err)
			}
			s := step.New(l, callOf("mine"))
			out, err := step.Write(ctx, step.Guard[tables](client), s.Holder.At(ledger.Creating, ledger.Switching), tables.DeleteTable,
				&dynamodb.DeleteTableInput{TableName: aws.String("ledger")})
			var conflict *fault.Error
			refused := errors.As(err, &conflict) && conflict.Name == fault.Conflict
			if c.may && (err != nil || out == nil) || !c.may && !refused {
				t.Errorf("%s: %v", c.name, err)
			}
			_, found, err := l.Get(ctx, "web")
			if deleted := err != nil || !found; deleted != c.may {
				t.Errorf("%s: written %t, want %t", c.name, deleted, c.may)
			}
		})
	}
}

type memory struct {
	Looks int `json:"looks,omitempty"`
}

// What a state remembers lasts as long as its loop, and reaches no other state.
func TestMemoryIsTheLoopsOwn(t *testing.T) {
	handle := step.Remembering(ledger.Ledger{}, func(_ context.Context, s *step.Step, m *memory) (deploy.Loop, error) {
		m.Looks++
		return s.Wait(s.Begin(), ""), nil
	})
	call := callOf("mine")
	for _, c := range []struct {
		state string
		want  string
	}{{"Loop", `{"looks":1}`}, {"Loop", `{"looks":2}`}, {"Other", `{"looks":1}`}, {"Other", `{"looks":2}`}, {"Loop", `{"looks":1}`}} {
		call.State = c.state
		document, err := handle(context.Background(), call)
		if err != nil || string(document.Progress.Memory) != c.want {
			t.Fatalf("%s remembers %s, want %s, %v", c.state, document.Progress.Memory, c.want, err)
		}
		call.Document = document
	}
}

// A look that fails returns nothing, and one that changes the deployment leaves the call's own as it was.
func TestADocumentIsReturnedWhole(t *testing.T) {
	boom := errors.New("boom")
	call := callOf("mine")
	document, err := step.Of(ledger.Ledger{}, func(_ context.Context, s *step.Step) (deploy.Loop, error) {
		s.Deployment.Green = "web-v001"
		return s.Begin(), boom
	})(context.Background(), call)
	if !errors.Is(err, boom) || document.Deployment != nil {
		t.Errorf("got %+v, %v", document, err)
	}
	document, err = step.Of(ledger.Ledger{}, func(_ context.Context, s *step.Step) (deploy.Loop, error) {
		s.Deployment.Green = "web-v001"
		return s.Begin().Finished(deploy.Done, "made"), nil
	})(context.Background(), call)
	if err != nil || document.Deployment.Green != "web-v001" || document.Progress.Verdict != deploy.Done || call.Document.Deployment.Green != "" {
		t.Errorf("got %+v, %v; the call has %+v", document, err, call.Document.Deployment)
	}
}

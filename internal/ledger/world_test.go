package ledger_test

import (
	"context"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"bluegreen/internal/clock"
	"bluegreen/internal/deploy"
	"bluegreen/internal/ledger"
	"bluegreen/internal/localaws/account"
	localdynamodb "bluegreen/internal/localaws/dynamodb"
	"bluegreen/internal/localaws/faults"
	"bluegreen/internal/localaws/wire"
)

// world is an account with the ledger's table, whose reads lag by a second unless they are consistent.
type world struct {
	*testing.T
	faults *faults.Plan
	ledger ledger.Ledger
}

const lineage = "web"

func meet(t *testing.T, test func(*world)) {
	t.Helper()
	c := clock.NewVirtual(time.Date(2026, 11, 21, 3, 0, 0, 0, time.UTC))
	defer c.Close()
	a := account.New("000000000000", "ap-northeast-1", c, 1)
	settings := localdynamodb.DefaultSettings()
	settings.ReplicaLag = account.Constant(time.Second)
	w := &world{T: t, faults: faults.NewPlan()}
	endpoint := wire.NewEndpoint(a, wire.DefaultSettings(), w.faults)
	endpoint.Add(localdynamodb.New(a, settings).Service())
	c.Run(func() {
		client := dynamodb.NewFromConfig(endpoint.Config(wire.Caller{}))
		w.ledger = ledger.Ledger{Table: "ledger", Items: client}
		_, err := client.CreateTable(context.Background(), &dynamodb.CreateTableInput{
			TableName: &w.ledger.Table, BillingMode: types.BillingModePayPerRequest,
			KeySchema:            []types.KeySchemaElement{{AttributeName: aws.String(ledger.KeyAttribute), KeyType: types.KeyTypeHash}},
			AttributeDefinitions: []types.AttributeDefinition{{AttributeName: aws.String(ledger.KeyAttribute), AttributeType: types.ScalarAttributeTypeS}},
		})
		if err != nil {
			t.Error(err)
			return
		}
		_ = c.Sleep(context.Background(), time.Minute) // until the table is active
		test(w)
	})
}

// put writes a record that nobody else writes.
func (w *world) put(record ledger.Record) ledger.Record {
	w.Helper()
	written, err := w.ledger.Put(context.Background(), record)
	if err != nil {
		w.Fatal(err)
	}
	return written
}

// get reads the record, which is there.
func (w *world) get() ledger.Record {
	w.Helper()
	record, found, err := w.ledger.Get(context.Background(), lineage)
	if err != nil || !found {
		w.Fatalf("found %t, %v", found, err)
	}
	return record
}

// held is a record whose lock an execution holds at a stage, for the deployment that another began.
func held(execution, deployment string, stage ledger.Stage) ledger.Record {
	return ledger.Record{Lineage: lineage, Live: lineage, Lock: &ledger.Lock{
		Execution: execution, Stage: stage, Deployment: deploy.Deployment{Execution: deployment, Lineage: lineage},
	}}
}

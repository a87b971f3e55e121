package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
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

// Who holds a lock is said, and before the first deployment of the stack, when there is no table, nothing.
func TestLook(t *testing.T) {
	c := clock.NewVirtual(time.Date(2026, 11, 21, 3, 0, 0, 0, time.UTC))
	defer c.Close()
	a := account.New("000000000000", "ap-northeast-1", c, 1)
	endpoint := wire.NewEndpoint(a, wire.DefaultSettings(), faults.NewPlan())
	endpoint.Add(localdynamodb.New(a, localdynamodb.DefaultSettings()).Service())
	c.Run(func() {
		ctx, cfg := context.Background(), endpoint.Config(wire.Caller{})
		said := func(what string, wants ...string) {
			t.Helper()
			var out bytes.Buffer
			if err := look(ctx, cfg, "ec-mqagt-dev-ledger", &out); err != nil {
				t.Errorf("%s: %v", what, err)
			}
			if len(wants) == 0 && out.Len() > 0 {
				t.Errorf("%s: it says %s", what, &out)
			}
			for _, want := range wants {
				if !strings.Contains(out.String(), want) {
					t.Errorf("%s: %q does not say %q", what, out.String(), want)
				}
			}
		}
		said("before the table")
		client := dynamodb.NewFromConfig(cfg)
		_, err := client.CreateTable(ctx, &dynamodb.CreateTableInput{
			TableName: aws.String("ec-mqagt-dev-ledger"), BillingMode: types.BillingModePayPerRequest,
			KeySchema:            []types.KeySchemaElement{{AttributeName: aws.String(ledger.KeyAttribute), KeyType: types.KeyTypeHash}},
			AttributeDefinitions: []types.AttributeDefinition{{AttributeName: aws.String(ledger.KeyAttribute), AttributeType: types.ScalarAttributeTypeS}},
		})
		if err != nil {
			t.Error(err)
			return
		}
		_ = c.Sleep(ctx, time.Minute) // until the table is active
		said("without a lock")
		record := ledger.Record{Lineage: "ec-mqagt-dev-asg", Lock: &ledger.Lock{
			Execution: "arn:aws:states:ap-northeast-1:000000000000:execution:ec-mqagt-dev-BlueGreen:commit-1", Stage: ledger.Switching,
			Since: c.Now(), Deployment: deploy.Deployment{Lineage: "ec-mqagt-dev-asg"},
		}}
		if _, err := ledger.Open(cfg, "ec-mqagt-dev-ledger").Put(ctx, record); err != nil {
			t.Error(err)
		}
		said("with a lock", "A deployment of ec-mqagt-dev-asg is under way (switching, since 2026-11-21 03:01 UTC)", record.Lock.Execution, "docs/aws.md")
	})
}

// Parameters come from where CDK has them, and the command line counts more.
func TestGiven(t *testing.T) {
	file := filepath.Join(t.TempDir(), "cdk.json")
	if err := os.WriteFile(file, []byte(`{"context": {"project": "shop", "role": "web"}}`), 0o644); err != nil {
		t.Fatal(err)
	}
	values, err := given(file, []string{"-c", "role=api", "--context", "environment=prod"})
	if err != nil || values["project"] != "shop" || values["role"] != "api" || values["environment"] != "prod" {
		t.Errorf("%v, %v", values, err)
	}
	if _, err := given(file, []string{"--require-approval", "never"}); err != nil {
		t.Errorf("what is CDK's own: %v", err)
	}
}

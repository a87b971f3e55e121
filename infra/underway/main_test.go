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
	"github.com/aws/aws-sdk-go-v2/service/ssm"
	ssmtypes "github.com/aws/aws-sdk-go-v2/service/ssm/types"

	"bluegreen/infra/given"
	"bluegreen/infra/settings"
	"bluegreen/internal/clock"
	"bluegreen/internal/deploy"
	"bluegreen/internal/ledger"
	"bluegreen/internal/localaws"
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
func TestParameters(t *testing.T) {
	file := filepath.Join(t.TempDir(), "cdk.json")
	if err := os.WriteFile(file, []byte(`{"context": {"project": "shop", "role": "web"}}`), 0o644); err != nil {
		t.Fatal(err)
	}
	values, err := parameters(file, []string{"-c", "role=api", "--context", "environment=prod"})
	if err != nil || values["project"] != "shop" || values["role"] != "api" || values["environment"] != "prod" {
		t.Errorf("%v, %v", values, err)
	}
	if _, err := parameters(file, []string{"--require-approval", "never"}); err != nil {
		t.Errorf("what is CDK's own: %v", err)
	}
}

// A parameter that a stack was deployed with, and that nobody gives now, holds the deployment of that stack up, and of no other.
func TestParametersAreNotForgotten(t *testing.T) {
	c := clock.NewVirtual(time.Date(2026, 11, 21, 3, 0, 0, 0, time.UTC))
	defer c.Close()
	local := localaws.New(localaws.Options{Clock: c})
	c.Run(func() {
		ctx, cfg := context.Background(), local.Endpoint.Config(wire.Caller{})
		with := func(values map[string]any) settings.Settings {
			s, err := settings.Read(func(key string) any { return values[key] })
			if err != nil {
				t.Error(err)
			}
			return s
		}
		put := func(stack, value string) {
			_, err := ssm.NewFromConfig(cfg).PutParameter(ctx, &ssm.PutParameterInput{Name: ptr(given.Name(with(nil), stack)), Value: &value, Type: ssmtypes.ParameterTypeString})
			if err != nil {
				t.Error(err)
			}
		}
		deployed := with(map[string]any{"approval": "true", "fleets": "a-*", "operator_email": "o@example.com", "recover": "start"})
		if got := strings.Join(deployed.Given, " "); got != "fleets approval" {
			t.Errorf("what is not the default is %s", got)
		}
		put("Deployer", strings.Join(deployed.Given, ","))
		put("Pipeline", given.None)
		for _, k := range []struct {
			now  map[string]any
			args []string
			want string
		}{
			{map[string]any{}, []string{"Deployer"}, "Deployer was deployed with fleets, approval, which is not given now"},
			{map[string]any{}, []string{"--all"}, "Deployer was deployed with fleets, approval"},
			{map[string]any{"fleets": "a-*"}, []string{"--all"}, "Deployer was deployed with approval, which"},
			{map[string]any{"fleets": "a-*", "approval": "false"}, []string{"--all"}, ""},
			{map[string]any{}, []string{"Pipeline", "Fleet"}, ""},
			{map[string]any{}, nil, ""},
		} {
			lines, err := missing(ctx, cfg, with(nil), k.now, k.args)
			if got := strings.Join(lines, "\n"); err != nil || !strings.HasPrefix(got, k.want) || (k.want == "") != (got == "") {
				t.Errorf("%v with %v: %q, %v; want %q", k.args, k.now, got, err, k.want)
			}
		}
	})
}

func ptr(s string) *string { return &s }

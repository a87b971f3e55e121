package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"bluegreen/statemachine"
)

// The list is what the Lambdas' interfaces say: no action more, none less.
func TestListIsUpToDate(t *testing.T) {
	want, err := generate(filepath.Join("..", "..", ".."), statemachine.Deployed())
	if err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(filepath.Join("..", "list.go"))
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != string(want) {
		t.Error("internal/actions/list.go is out of date: go generate ./internal/actions")
	}
}

// lambda writes a module with one Lambda that reaches AWS in every way that the generator must see.
func lambda(t *testing.T, handler string) string {
	t.Helper()
	root := t.TempDir()
	for name, text := range map[string]string{
		"lambdas/work/handler.go": handler,
		"lambdas/work/handler_test.go": `package work

type fake interface {
	TerminateInstances(context.Context, *ec2.TerminateInstancesInput) (*ec2.TerminateInstancesOutput, error)
}
`,
		"internal/shared/shared.go": `package shared

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/service/autoscaling"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
)

type Groups interface {
	DescribeAutoScalingGroups(context.Context, *autoscaling.DescribeAutoScalingGroupsInput, ...func(*autoscaling.Options)) (*autoscaling.DescribeAutoScalingGroupsOutput, error)
}

type items interface {
	GetItem(context.Context, *dynamodb.GetItemInput, ...func(*dynamodb.Options)) (*dynamodb.GetItemOutput, error)
	PutItem(context.Context, *dynamodb.PutItemInput, ...func(*dynamodb.Options)) (*dynamodb.PutItemOutput, error)
	Query(context.Context, *dynamodb.QueryInput, ...func(*dynamodb.Options)) (*dynamodb.QueryOutput, error)
}

type Store struct{ items items }

func (s Store) Get(ctx context.Context) { s.items.GetItem(ctx, nil) }
func (s Store) Check(ctx context.Context) { s.Get(ctx) }
func (s Store) Put(ctx context.Context) { s.items.PutItem(ctx, nil) }
func (s Store) All(ctx context.Context) { dynamodb.NewQueryPaginator(s.items, nil) }
`,
	} {
		path := filepath.Join(root, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return root
}

func TestWhatALambdaMayCall(t *testing.T) {
	const imports = `package work

import (
	"context"

	"bluegreen/internal/shared"
	"github.com/aws/aws-sdk-go-v2/service/sfn"
)
`
	for _, c := range []struct{ name, code, want string }{
		{"declared", `type executions interface {
	DescribeExecution(context.Context, *sfn.DescribeExecutionInput, ...func(*sfn.Options)) (*sfn.DescribeExecutionOutput, error)
}`, "states:DescribeExecution"},
		{"embedded", `type groups interface { shared.Groups }`, "autoscaling:DescribeAutoScalingGroups"},
		{"named", `type handler struct { groups shared.Groups }`, "autoscaling:DescribeAutoScalingGroups"},
		{"called", `func handle(s shared.Store) { s.Get(nil) }`, "dynamodb:GetItem"},
		{"called through another", `func handle(s shared.Store) { s.Check(nil) }`, "dynamodb:GetItem"},
		{"paginated", `func handle(s shared.Store) { s.All(nil) }`, "dynamodb:Query"},
		{"two", `func handle(s shared.Store) { s.Put(nil); s.Check(nil) }`, "dynamodb:GetItem dynamodb:PutItem"},
		{"nothing", `func handle() {}`, ""},
	} {
		m := &module{root: lambda(t, imports+c.code), packages: make(map[string]*source)}
		operations, err := m.operationsOf("bluegreen/lambdas/work")
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		var got []string
		for _, o := range operations {
			got = append(got, o.String())
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("%s: %v, want %s", c.name, got, c.want)
		}
	}
}

func TestUnknownClientIsNamed(t *testing.T) {
	root := lambda(t, `package work

import "github.com/aws/aws-sdk-go-v2/service/braket"

type devices interface {
	GetDevice(context.Context, *braket.GetDeviceInput, ...func(*braket.Options)) (*braket.GetDeviceOutput, error)
}
`)
	m := &module{root: root, packages: make(map[string]*source)}
	if _, err := m.operationsOf("bluegreen/lambdas/work"); err == nil || !strings.Contains(err.Error(), "braket signs for") {
		t.Errorf("error %v does not name the client", err)
	}
}

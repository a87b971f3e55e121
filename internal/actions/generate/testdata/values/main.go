// Command values calls nothing by name: it hands on methods and functions as values.
package main

import (
	"context"
	"slices"
	"sync"

	"github.com/aws/aws-sdk-go-v2/service/autoscaling"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
)

type groups interface {
	SuspendProcesses(context.Context, *autoscaling.SuspendProcessesInput, ...func(*autoscaling.Options)) (*autoscaling.SuspendProcessesOutput, error)
}

type records struct{ client *dynamodb.Client }

func (r records) get(ctx context.Context) { _, _ = r.client.GetItem(ctx, nil) }

func (r records) put(ctx context.Context) { _, _ = r.client.PutItem(ctx, nil) }

func (r records) order(a, b string) int {
	_, _ = r.client.Scan(context.Background(), &dynamodb.ScanInput{TableName: &a})
	return len(a) - len(b)
}

func main() {
	ctx := context.Background()
	client := &autoscaling.Client{}
	work := struct{ run func(context.Context) }{records{}.get} // a method value, in a field
	defer work.run(ctx)
	put := records.put // a method expression
	go put(records{}, ctx)
	describe := client.DescribeAutoScalingGroups // a method value of a client
	_, _ = describe(ctx, nil)
	suspend := groups(client).SuspendProcesses // and of an interface
	_, _ = suspend(ctx, nil)
	slices.SortFunc([]string{"a", "b"}, records{}.order) // code that is not ours calls it
	new(sync.Once).Do(func() { _, _ = client.ResumeProcesses(ctx, nil) })
}

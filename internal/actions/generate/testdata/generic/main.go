// Command generic reaches what it calls through type parameters.
package main

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/service/autoscaling"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
)

type worker interface{ work(context.Context) }

type reader struct{ client *dynamodb.Client }

func (r reader) work(ctx context.Context) { _, _ = r.client.GetItem(ctx, nil) }

type writer struct{ client *dynamodb.Client }

func (w writer) work(ctx context.Context) { _, _ = w.client.PutItem(ctx, nil) }

// deleter is a worker that nobody runs.
type deleter struct{ client *dynamodb.Client }

func (d deleter) work(ctx context.Context) { _, _ = d.client.DeleteItem(ctx, nil) }

func run[W worker](ctx context.Context, w W) { w.work(ctx) }

// made runs a worker that it is given by its type alone.
func made[W worker](ctx context.Context) {
	var w W
	w.work(ctx)
}

// lookup is an interface of its own for every kind of answer.
type lookup[T any] interface{ find(context.Context) T }

type counted struct{ client *autoscaling.Client }

func (c counted) find(ctx context.Context) int {
	_, _ = c.client.DescribeAutoScalingGroups(ctx, nil)
	return 0
}

type named struct{ client *autoscaling.Client }

func (n named) find(ctx context.Context) string {
	_, _ = n.client.DeleteAutoScalingGroup(ctx, nil)
	return ""
}

// box holds any lookup.
type box[T any] struct{ inner lookup[T] }

func (b box[T]) open(ctx context.Context) T { return b.inner.find(ctx) }

func main() {
	ctx := context.Background()
	run(ctx, reader{})
	made[writer](ctx)
	var other any = named{} // held, but no lookup of numbers
	if _, ok := other.(worker); !ok {
		_ = box[int]{counted{}}.open(ctx)
	}
}

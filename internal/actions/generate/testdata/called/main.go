// Command called gives code that is not ours values whose methods it calls: as an interface that it declares, and as any.
package main

import (
	"context"
	"fmt"

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
)

type entry struct{ client *sns.Client }

// Invoke implements lambda.Handler.
func (e entry) Invoke(ctx context.Context, _ []byte) ([]byte, error) {
	_, err := e.client.Publish(ctx, nil)
	return nil, err
}

// Subscribe is no method that such code knows.
func (e entry) Subscribe(ctx context.Context) { _, _ = e.client.Subscribe(ctx, nil) }

type queue struct{ client *sqs.Client }

// String implements fmt.Stringer.
func (q queue) String() string {
	_, _ = q.client.GetQueueUrl(context.Background(), nil)
	return ""
}

func main() {
	fmt.Println(queue{})
	lambda.Start(entry{})
}

package sqs

import (
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/sqs"

	"bluegreen/internal/localaws/wire"
)

var queueName = regexp.MustCompile(`^[A-Za-z0-9_-]{1,80}$`)

// createQueue makes a queue, or returns the one of this name if no attribute that is asked for differs.
func (q *Queues) createQueue(_ *wire.Call, in *sdk.CreateQueueInput) (*sdk.CreateQueueOutput, error) {
	name := aws.ToString(in.QueueName)
	switch {
	case name == "":
		return nil, missing("QueueName")
	case strings.HasSuffix(name, ".fifo"):
		return nil, wire.NotModelled("FIFO queues such as %s; it models standard queues", name)
	case !queueName.MatchString(name):
		return nil, wire.Errorf("InvalidParameterValue", "Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length")
	}
	if err := q.check(in.Attributes); err != nil {
		return nil, err
	}
	index, exists := q.search(name)
	if exists {
		found := q.queues[index]
		all := q.all(found)
		for _, attribute := range slices.Sorted(maps.Keys(in.Attributes)) {
			if all[attribute] != in.Attributes[attribute] {
				return nil, wire.Errorf("QueueNameExists", "A queue already exists with the same name and a different value for attribute %s", attribute)
			}
		}
		return &sdk.CreateQueueOutput{QueueUrl: aws.String(q.url(found))}, nil
	}
	now := q.account.Now()
	if at, ok := q.deleted[name]; ok && now.Sub(at) < q.settings.RecreateAfter {
		return nil, wire.Errorf("QueueDeletedRecently", "You must wait %d seconds after deleting a queue before you can create another with the same name.",
			int(q.settings.RecreateAfter.Seconds()))
	}
	created := &queue{
		name: name, arn: q.account.ARN("sqs", name), attributes: map[string]string{}, tags: in.Tags, created: now, modified: now,
	}
	maps.Copy(created.attributes, in.Attributes)
	q.queues = slices.Insert(q.queues, index, created)
	return &sdk.CreateQueueOutput{QueueUrl: aws.String(q.url(created))}, nil
}

func (q *Queues) deleteQueue(_ *wire.Call, in *sdk.DeleteQueueInput) (*sdk.DeleteQueueOutput, error) {
	u, err := q.find(in.QueueUrl)
	if err != nil {
		return nil, err
	}
	index, _ := q.search(u.name)
	q.queues = slices.Delete(q.queues, index, index+1)
	q.deleted[u.name] = q.account.Now()
	u.wake()
	return &sdk.DeleteQueueOutput{}, nil
}

func (q *Queues) getQueueURL(_ *wire.Call, in *sdk.GetQueueUrlInput) (*sdk.GetQueueUrlOutput, error) {
	if aws.ToString(in.QueueName) == "" {
		return nil, wire.Errorf("InvalidParameterValue", "Value for parameter QueueName is invalid. Reason: Must specify a queue name.")
	}
	if owner := aws.ToString(in.QueueOwnerAWSAccountId); owner != "" && owner != q.account.ID {
		return nil, nonExistent()
	}
	found := q.named(*in.QueueName)
	if found == nil {
		return nil, nonExistent()
	}
	return &sdk.GetQueueUrlOutput{QueueUrl: aws.String(q.url(found))}, nil
}

// listQueues lists at most 1,000 queues; with MaxResults page by page.
func (q *Queues) listQueues(_ *wire.Call, in *sdk.ListQueuesInput) (*sdk.ListQueuesOutput, error) {
	size, from := 1000, 0
	if in.MaxResults != nil {
		if size = int(*in.MaxResults); size < 1 || size > 1000 {
			return nil, invalid(size, "MaxResults", "Must be an integer from 1 to 1000.")
		}
	}
	if in.NextToken != nil {
		var err error
		if from, err = strconv.Atoi(*in.NextToken); err != nil || from < 0 {
			return nil, invalid(*in.NextToken, "NextToken", "Invalid token.")
		}
	}
	var urls []string
	for _, u := range q.queues {
		if strings.HasPrefix(u.name, aws.ToString(in.QueueNamePrefix)) {
			urls = append(urls, q.url(u))
		}
	}
	out := &sdk.ListQueuesOutput{QueueUrls: urls[min(from, len(urls)):]}
	if len(out.QueueUrls) > size {
		out.QueueUrls = out.QueueUrls[:size]
		if in.MaxResults != nil {
			out.NextToken = aws.String(strconv.Itoa(from + size))
		}
	}
	return out, nil
}

func (q *Queues) listQueueTags(_ *wire.Call, in *sdk.ListQueueTagsInput) (*sdk.ListQueueTagsOutput, error) {
	u, err := q.find(in.QueueUrl)
	if err != nil {
		return nil, err
	}
	return &sdk.ListQueueTagsOutput{Tags: u.tags}, nil
}

func (q *Queues) purgeQueue(_ *wire.Call, in *sdk.PurgeQueueInput) (*sdk.PurgeQueueOutput, error) {
	u, err := q.find(in.QueueUrl)
	if err != nil {
		return nil, err
	}
	now := q.account.Now()
	if !u.purged.IsZero() && now.Sub(u.purged) < q.settings.PurgeAgainAfter {
		return nil, &wire.Error{Code: "PurgeQueueInProgress", Status: 403, Message: "Only one PurgeQueue operation on " + u.name + " is allowed every " +
			strconv.Itoa(int(q.settings.PurgeAgainAfter.Seconds())) + " seconds."}
	}
	u.purged, u.messages = now, nil
	return &sdk.PurgeQueueOutput{}, nil
}

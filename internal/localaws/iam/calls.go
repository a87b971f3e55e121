package iam

import (
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge"
	"github.com/aws/aws-sdk-go-v2/service/ssm"

	"bluegreen/internal/localaws/wire"
)

func (a *asker) instance(id string) string { return a.arn("ec2", "instance/"+id) }

// onInstances asks for each instance that a call of EC2 names.
func onInstances(a *asker, input any) error {
	for _, id := range list(input, "InstanceIds") {
		if err := a.may("ec2:"+a.call.Operation, a.instance(id), a.computeKeys(id)); err != nil {
			return err
		}
	}
	return nil
}

// sendCommand asks for the document and for each instance.
func sendCommand(a *asker, input any) error {
	in := input.(*ssm.SendCommandInput)
	if len(in.Targets) > 0 {
		return wire.NotModelled("which permissions ssm:SendCommand takes by Targets: name the InstanceIds")
	}
	document := aws.ToString(in.DocumentName)
	switch {
	case strings.HasPrefix(document, "arn:"):
	case strings.HasPrefix(document, "AWS-"): // Amazon's own belong to no account
		document = "arn:aws:ssm:" + a.roles.account.Region + "::document/" + document
	default:
		document = a.arn("ssm", "document/"+document)
	}
	if err := a.may("ssm:SendCommand", document, nil); err != nil {
		return err
	}
	for _, id := range in.InstanceIds {
		tags := func() map[string]string { return a.seen(a.roles.world.ComputeTags(id)) }
		if err := a.may("ssm:SendCommand", a.instance(id), tagKeys(tags, "aws:resourcetag/", "ssm:resourcetag/")); err != nil {
			return err
		}
	}
	return nil
}

// putEvents asks for each entry: its bus, with its source and type.
func putEvents(a *asker, input any) error {
	for _, entry := range input.(*eventbridge.PutEventsInput).Entries {
		bus := aws.ToString(entry.EventBusName)
		if bus == "" {
			bus = "default"
		}
		if !strings.HasPrefix(bus, "arn:") {
			bus = a.arn("events", "event-bus/"+bus)
		}
		err := a.may("events:PutEvents", bus, func(key string) []string {
			switch key {
			case "events:source":
				return []string{aws.ToString(entry.Source)}
			case "events:detail-type":
				return []string{aws.ToString(entry.DetailType)}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// onMachine asks for a state machine. A version or an alias is one of its machine: the resource is the ARN without the
// qualifier, which is a condition key (Step Functions developer guide, "versions and aliases").
func onMachine(a *asker, input any) error {
	arn, qualifier := text(input, "StateMachineArn"), ""
	const unqualified = 7 // arn:aws:states:region:account:stateMachine:name
	if parts := strings.Split(arn, ":"); len(parts) > unqualified {
		arn, qualifier = strings.Join(parts[:unqualified], ":"), parts[unqualified]
	}
	var of Keys
	if qualifier != "" {
		of = oneKey("states:statemachinequalifier", qualifier)
	}
	return a.may("states:"+a.call.Operation, arn, of)
}

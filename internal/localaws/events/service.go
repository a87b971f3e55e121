package events

import "bluegreen/internal/localaws/wire"

// Service is the API of EventBridge, as far as it is modelled.
func (b *Buses) Service() wire.Service {
	const bus, rule, next, limit = "EventBusName", "Rule", "NextToken", "Limit"
	return wire.Service{
		SigningName:  "events",
		Protocol:     wire.AWSJSON11,
		Version:      "2015-10-07",
		TargetPrefix: "AWSEvents",
		Operations: []wire.Operation{
			wire.Op("PutRule", b.putRule, "Name", bus, "EventPattern", "State", "Description", "RoleArn", "Tags").Requires("Name"),
			wire.Op("DescribeRule", b.describeRule, "Name", bus).Requires("Name"),
			wire.Op("ListRules", b.listRules, "NamePrefix", bus, next, limit),
			wire.Op("EnableRule", b.enableRule, "Name", bus).Requires("Name"),
			wire.Op("DisableRule", b.disableRule, "Name", bus).Requires("Name"),
			wire.Op("DeleteRule", b.deleteRule, "Name", bus, "Force").Requires("Name"),
			wire.Op("PutTargets", b.putTargets, rule, bus, "Targets.Id", "Targets.Arn", "Targets.RoleArn", "Targets.Input",
				"Targets.InputPath", "Targets.InputTransformer", "Targets.RetryPolicy").Requires(rule, "Targets"),
			wire.Op("RemoveTargets", b.removeTargets, rule, bus, "Ids", "Force").Requires(rule, "Ids"),
			wire.Op("ListTargetsByRule", b.listTargetsByRule, rule, bus, next, limit).Requires(rule),
			wire.Op("ListRuleNamesByTarget", b.listRuleNamesByTarget, "TargetArn", bus, next, limit).Requires("TargetArn"),
			wire.Op("ListTagsForResource", b.listTags, "ResourceARN").Requires("ResourceARN"),
			wire.Op("PutEvents", b.putEvents, "Entries.Source", "Entries.DetailType", "Entries.Detail", "Entries.Resources",
				"Entries.Time", "Entries.EventBusName").Requires("Entries"),
			wire.Op("TestEventPattern", b.testEventPattern, "EventPattern", "Event").Requires("EventPattern", "Event"),
		},
	}
}

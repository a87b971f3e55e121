package invariant_test

import (
	"context"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	classic "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancing"
	classictypes "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancing/types"
	elb "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	elbtypes "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"
	"github.com/aws/aws-sdk-go-v2/service/route53"
	"github.com/aws/aws-sdk-go-v2/service/route53/types"
	"github.com/aws/smithy-go/middleware"

	"bluegreen/internal/deploy"
	"bluegreen/internal/lambdaentry"
	"bluegreen/internal/ledger"
	"bluegreen/internal/localaws/world"
	"bluegreen/internal/rehearsal"
	"bluegreen/lambdas/completelifecycle"
	"bluegreen/lambdas/switchtraffic"
)

// moves has the record of a world stand for load balancers of green's own.
const moves = `{"project": "ec", "blue": {"asg_name": "ec-mqagt-dev-asg"}, "Wait": 30,
	"traffic": {"strategy": "dns", "records": [{"hosted_zone_id": "HOSTED_ZONE", "name": "shop.example.com"}]}}`

func named(plan *world.Plan) { plan.Record = "shop.example.com" }

// recordMutations are those of deployments that move records.
var recordMutations = []mutation{
	{
		name: "a record is changed before the lineage's record says so", input: moves, plan: named,
		mutant: rehearsal.Mutant{Work: work("SwitchTraffic", before(switchtraffic.New, touchRecord))},
		breaks: []int{5},
	},
	{
		name: "a record goes without its target's health", input: moves, plan: named,
		mutant: rehearsal.Mutant{Work: work("SwitchTraffic", changed(switchtraffic.New, withoutHealth))},
		breaks: []int{4},
	},
	{
		name: "nobody waits until resolvers forget", input: moves, plan: named,
		mutant: rehearsal.Mutant{Work: work("SwitchTraffic", impatient)},
		breaks: []int{1, 2},
	},
	{
		name: "green's target group checks otherwise than blue's", input: moves, plan: named,
		mutant: rehearsal.Mutant{Work: work("SwitchTraffic", changed(switchtraffic.New, seeOtherChecks))},
		breaks: []int{4},
	},
	{
		name: "green's load balancer has no tags of blue's", input: moves, plan: named,
		mutant: rehearsal.Mutant{Work: work("SwitchTraffic", changed(switchtraffic.New, seeOnlyOurTags))},
		breaks: []int{4},
	},
	{
		name: "green's listeners have a tag more than blue's", input: moves, plan: named,
		mutant: rehearsal.Mutant{Work: work("SwitchTraffic", changed(switchtraffic.New, tagListeners))},
		breaks: []int{4},
	},
	{
		name: "green's Classic Load Balancer has no tags of blue's", input: moves, plan: func(plan *world.Plan) { named(plan); plan.Classics = 1 },
		mutant: rehearsal.Mutant{Work: work("SwitchTraffic", changed(switchtraffic.New, seeOnlyOurTags))},
		breaks: []int{4},
	},
	{
		name: "green's load balancer is left on the way back", input: moves, plan: named, prepare: sickGreen,
		mutant: rehearsal.Mutant{Work: work("CompleteLifecycle", changed(completelifecycle.New, seeNoBalancers))},
		breaks: []int{4},
	},
}

// seeOtherChecks shows all target groups with another interval between health checks than they have.
func seeOtherChecks(stack *middleware.Stack) error {
	return around(stack, func(_, output any) {
		if out, ok := output.(*elb.DescribeTargetGroupsOutput); ok {
			for i := range out.TargetGroups {
				out.TargetGroups[i].HealthCheckIntervalSeconds = aws.Int32(7)
			}
		}
	})
}

// seeOnlyOurTags shows load balancers, and what belongs to them, without the tags that people have given them.
func seeOnlyOurTags(stack *middleware.Stack) error {
	theirs := func(key *string) bool { return !strings.HasPrefix(*key, "bluegreen:") }
	return around(stack, func(_, output any) {
		switch out := output.(type) {
		case *elb.DescribeTagsOutput:
			for i, described := range out.TagDescriptions {
				out.TagDescriptions[i].Tags = slices.DeleteFunc(described.Tags, func(tag elbtypes.Tag) bool { return theirs(tag.Key) })
			}
		case *classic.DescribeTagsOutput:
			for i, described := range out.TagDescriptions {
				out.TagDescriptions[i].Tags = slices.DeleteFunc(described.Tags, func(tag classictypes.Tag) bool { return theirs(tag.Key) })
			}
		}
	})
}

// tagListeners makes listeners with a tag that blue's have not, and does not see it.
func tagListeners(stack *middleware.Stack) error {
	return around(stack, func(input, output any) {
		if in, ok := input.(*elb.CreateListenerInput); ok {
			in.Tags = append(in.Tags, elbtypes.Tag{Key: aws.String("Copy"), Value: aws.String("yes")})
		}
		if out, ok := output.(*elb.DescribeTagsOutput); ok {
			for i, described := range out.TagDescriptions {
				out.TagDescriptions[i].Tags = slices.DeleteFunc(described.Tags, func(tag elbtypes.Tag) bool { return *tag.Key == "Copy" })
			}
		}
	})
}

// seeNoBalancers shows neither load balancers nor target groups.
func seeNoBalancers(stack *middleware.Stack) error {
	return around(stack, func(_, output any) {
		switch out := output.(type) {
		case *elb.DescribeLoadBalancersOutput:
			out.LoadBalancers = nil
		case *elb.DescribeTargetGroupsOutput:
			out.TargetGroups = nil
		}
	})
}

// touchRecord makes the record again as it is, while green joins.
func touchRecord(ctx context.Context, d mutantCall) {
	record := d.fenced(ctx)
	if record.Lock == nil || record.Lock.Stage != ledger.Switching || len(d.deployment.Aliases) == 0 {
		return
	}
	a := d.deployment.Aliases[0]
	set := &types.ResourceRecordSet{Name: aws.String(a.Name + "."), Type: types.RRType(a.Type), AliasTarget: &types.AliasTarget{
		DNSName: aws.String(a.Target.Name + "."), HostedZoneId: &a.Target.Zone, EvaluateTargetHealth: a.Target.Evaluate,
	}}
	route53.NewFromConfig(d.cfg).ChangeResourceRecordSets(ctx, &route53.ChangeResourceRecordSetsInput{HostedZoneId: &a.Zone, ChangeBatch: &types.ChangeBatch{
		Changes: []types.Change{{Action: types.ChangeActionDelete, ResourceRecordSet: set}, {Action: types.ChangeActionCreate, ResourceRecordSet: set}},
	}})
}

// withoutHealth has what is created evaluate no health.
func withoutHealth(stack *middleware.Stack) error {
	return around(stack, func(input, _ any) {
		in, ok := input.(*route53.ChangeResourceRecordSetsInput)
		if !ok {
			return
		}
		for _, change := range in.ChangeBatch.Changes {
			if change.Action == types.ChangeActionCreate {
				change.ResourceRecordSet.AliasTarget.EvaluateTargetHealth = false
			}
		}
	})
}

// impatient takes traffic for moved once the records are changed.
func impatient(cfg aws.Config, env lambdaentry.Environment) lambdaentry.Handle {
	handle := switchtraffic.New(cfg, env)
	return func(ctx context.Context, call deploy.Call) (deploy.Document, error) {
		document, err := handle(ctx, call)
		if p := document.Progress; err == nil && p.Phase == "leaving" {
			p.Verdict = deploy.Done
		}
		return document, err
	}
}

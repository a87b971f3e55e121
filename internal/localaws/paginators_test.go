package localaws_test

import (
	"context"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	elb "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge"
	eventtypes "github.com/aws/aws-sdk-go-v2/service/eventbridge/types"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/sfn"
	"github.com/aws/aws-sdk-go-v2/service/sns"

	"bluegreen/internal/localaws"
	locallambda "bluegreen/internal/localaws/lambda"
	"bluegreen/internal/localaws/world"
)

// pager is a paginator of the SDK.
type pager[Out, Options any] interface {
	HasMorePages() bool
	NextPage(context.Context, ...func(*Options)) (Out, error)
}

// holds expects a paginator's pages to hold so many things in all.
func holds[Out, Options any](t *testing.T, name string, p pager[Out, Options], of func(Out) int, want int) {
	t.Helper()
	n := 0
	for p.HasMorePages() {
		page, err := p.NextPage(t.Context())
		if err != nil {
			t.Errorf("%s: %v", name, err)
			return
		}
		n += of(page)
	}
	if n != want {
		t.Errorf("%s: %d, want %d", name, n, want)
	}
}

// The paginators that every client of AWS has must not meet "not modelled" in the services that are.
func TestStockPaginators(t *testing.T) {
	inAccount(t, localaws.Options{}, func(a *localaws.AWS, config aws.Config) {
		w, err := world.Seeder{Config: config, Clock: a.Account.Clock, Pause: 20 * time.Second}.Seed(t.Context(), world.DefaultPlan())
		if err != nil {
			t.Error(err)
			return
		}
		if err := a.Functions.Define(locallambda.FunctionSpec{Name: "who", Timeout: 10 * time.Second}, locallambda.Code(whoAmI)); err != nil {
			t.Error(err)
			return
		}
		client := lambda.NewFromConfig(config)
		holds(t, "ListAliases", lambda.NewListAliasesPaginator(client, &lambda.ListAliasesInput{FunctionName: aws.String("who")}),
			func(out *lambda.ListAliasesOutput) int { return len(out.Aliases) }, 0)
		holds(t, "ListVersionsByFunction", lambda.NewListVersionsByFunctionPaginator(client, &lambda.ListVersionsByFunctionInput{FunctionName: aws.String("who")}),
			func(out *lambda.ListVersionsByFunctionOutput) int { return len(out.Versions) }, 1)
		holds(t, "ListSubscriptions", sns.NewListSubscriptionsPaginator(sns.NewFromConfig(config), &sns.ListSubscriptionsInput{}),
			func(out *sns.ListSubscriptionsOutput) int { return len(out.Subscriptions) }, 2) // of the operators: mail and events
		rulesOfATarget(t, eventbridge.NewFromConfig(config), w.OperatorTopic)
		listsOfListeners(t, elb.NewFromConfig(config), w.ListenerARN)
		listsOfMachines(t, sfn.NewFromConfig(config))
	})
}

func rulesOfATarget(t *testing.T, client *eventbridge.Client, topic string) {
	_, err := client.PutRule(t.Context(), &eventbridge.PutRuleInput{Name: aws.String("told"), EventPattern: aws.String(`{"source": ["aws.autoscaling"]}`)})
	if err == nil {
		_, err = client.PutTargets(t.Context(), &eventbridge.PutTargetsInput{Rule: aws.String("told"), Targets: []eventtypes.Target{{Id: aws.String("1"), Arn: &topic}}})
	}
	names, listErr := client.ListRuleNamesByTarget(t.Context(), &eventbridge.ListRuleNamesByTargetInput{TargetArn: &topic})
	if err != nil || listErr != nil || len(names.RuleNames) != 1 {
		t.Errorf("rules of a topic: %+v, %v, %v", names, err, listErr)
	}
}

func listsOfListeners(t *testing.T, client *elb.Client, listener string) {
	limits, err := client.DescribeAccountLimits(t.Context(), &elb.DescribeAccountLimitsInput{PageSize: aws.Int32(1)})
	if err != nil || len(limits.Limits) != 1 || limits.NextMarker == nil {
		t.Errorf("limits: %+v, %v", limits, err)
	}
	certificates, err := client.DescribeListenerCertificates(t.Context(), &elb.DescribeListenerCertificatesInput{ListenerArn: &listener})
	if err != nil || certificates.Certificates == nil || len(certificates.Certificates) > 0 {
		t.Errorf("certificates of a plain listener: %+v, %v", certificates, err)
	}
}

func listsOfMachines(t *testing.T, client *sfn.Client) {
	holds(t, "ListActivities", sfn.NewListActivitiesPaginator(client, &sfn.ListActivitiesInput{}),
		func(out *sfn.ListActivitiesOutput) int { return len(out.Activities) }, 0)
	machine, err := client.CreateStateMachine(t.Context(), &sfn.CreateStateMachineInput{Name: aws.String("pass"),
		RoleArn: aws.String("arn:aws:iam::000000000000:role/pass"), Definition: aws.String(`{"StartAt":"Pass","States":{"Pass":{"Type":"Pass","End":true}}}`)})
	if err != nil {
		t.Error(err)
		return
	}
	started, err := client.StartExecution(t.Context(), &sfn.StartExecutionInput{StateMachineArn: machine.StateMachineArn})
	if err != nil {
		t.Error(err)
		return
	}
	holds(t, "ListMapRuns", sfn.NewListMapRunsPaginator(client, &sfn.ListMapRunsInput{ExecutionArn: started.ExecutionArn}),
		func(out *sfn.ListMapRunsOutput) int { return len(out.MapRuns) }, 0)
}

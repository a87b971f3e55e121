package iam_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling"
	asgtypes "github.com/aws/aws-sdk-go-v2/service/autoscaling/types"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	dynamotypes "github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge"
	eventtypes "github.com/aws/aws-sdk-go-v2/service/eventbridge/types"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/sfn"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/aws/smithy-go"

	"bluegreen/internal/clock"
	"bluegreen/internal/localaws"
	"bluegreen/internal/localaws/iam"
	locallambda "bluegreen/internal/localaws/lambda"
	"bluegreen/internal/localaws/wire"
	"bluegreen/internal/localaws/world"
)

// account is a world with a fleet web-app-dev-asg, and a function "caller" whose role gets a policy.
type account struct {
	t   *testing.T
	aws *localaws.AWS
	run func(ctx context.Context, config aws.Config) error
}

func inAccount(t *testing.T, f func(a *account)) {
	t.Helper()
	v := clock.NewVirtual(time.Date(2026, 11, 21, 3, 0, 0, 0, time.UTC))
	defer v.Close()
	a := &account{t: t, aws: localaws.New(localaws.Options{Clock: v, Seed: 1})}
	defer a.aws.Close()
	v.Run(func() {
		plan := world.DefaultPlan()
		plan.Project, plan.Role, plan.Balanced, plan.Desired, plan.Min = "web", "app", false, 1, 1
		if _, err := (world.Seeder{Config: a.config(), Clock: v, Pause: 20 * time.Second}).Seed(t.Context(), plan); err != nil {
			t.Error(err)
			return
		}
		err := a.aws.Functions.Define(locallambda.FunctionSpec{Name: "caller", Timeout: time.Minute},
			func(ctx context.Context, invocation locallambda.Invocation, _ []byte) ([]byte, *locallambda.Failure) {
				invocation.AWS.RetryMaxAttempts = 1
				if err := a.run(ctx, invocation.AWS); err != nil {
					return nil, &locallambda.Failure{ErrorMessage: err.Error(), ErrorType: codeOf(err)}
				}
				return []byte(`"done"`), nil
			})
		if err != nil {
			t.Error(err)
			return
		}
		f(a)
	})
}

func (a *account) config() aws.Config { return a.aws.Endpoint.Config(wire.Caller{}) }

func codeOf(err error) string {
	var api smithy.APIError
	if errors.As(err, &api) {
		return api.ErrorCode()
	}
	return "no API error"
}

// allow gives the function's role one policy.
func (a *account) allow(statements string) {
	a.t.Helper()
	a.aws.Account.Lock()
	defer a.aws.Account.Unlock()
	a.aws.Roles.PutPolicy("caller", "policy", parse(a.t, statements))
}

// calls has the function make a call, and returns the payload of its answer.
func (a *account) calls(run func(ctx context.Context, config aws.Config) error) string {
	a.run = run
	out, err := lambda.NewFromConfig(a.config()).Invoke(a.t.Context(), &lambda.InvokeInput{FunctionName: aws.String("caller")})
	if err != nil {
		a.t.Error(err)
		return ""
	}
	return string(out.Payload)
}

func (a *account) wants(name, answer string, parts ...string) {
	a.t.Helper()
	for _, part := range parts {
		if !strings.Contains(answer, part) {
			a.t.Errorf("%s: the answer %s has no %q", name, answer, part)
		}
	}
}

type call func(ctx context.Context, config aws.Config) error

func updates(group string) call {
	return func(ctx context.Context, config aws.Config) error {
		_, err := autoscaling.NewFromConfig(config).UpdateAutoScalingGroup(ctx, &autoscaling.UpdateAutoScalingGroupInput{AutoScalingGroupName: &group, MinSize: aws.Int32(0)})
		return err
	}
}

// A role without a policy may do all, as people may; from its first policy on, what that allows.
func TestPoliciesHoldAtTheWire(t *testing.T) {
	inAccount(t, func(a *account) {
		a.wants("no policy", a.calls(updates("web-app-dev-asg")), "done")
		a.allow(`{"Effect": "Allow", "Action": "autoscaling:UpdateAutoScalingGroup",
			"Resource": "arn:aws:autoscaling:ap-northeast-1:000000000000:autoScalingGroup:*:autoScalingGroupName/api-*"}`)
		a.wants("another fleet's", a.calls(updates("web-app-dev-asg")), `"AccessDenied"`,
			"User: arn:aws:sts::000000000000:assumed-role/caller/caller is not authorized to perform: autoscaling:UpdateAutoScalingGroup "+
				"on resource: arn:aws:autoscaling:ap-northeast-1:000000000000:autoScalingGroup:*:autoScalingGroupName/web-app-dev-asg "+
				"because no identity-based policy allows the autoscaling:UpdateAutoScalingGroup action")
		a.allow(`[{"Effect": "Allow", "Action": "*", "Resource": "*"}, {"Effect": "Deny", "Action": "autoscaling:UpdateAutoScalingGroup", "Resource": "*"}]`)
		a.wants("a deny", a.calls(updates("web-app-dev-asg")), "with an explicit deny in an identity-based policy")
		a.allow(`{"Effect": "Allow", "Action": "autoscaling:UpdateAutoScalingGroup",
			"Resource": "arn:aws:autoscaling:ap-northeast-1:000000000000:autoScalingGroup:*:autoScalingGroupName/web-*"}`)
		a.wants("its own fleet", a.calls(updates("web-app-dev-asg")), "done")
		if _, err := autoscaling.NewFromConfig(a.config()).DescribeAutoScalingGroups(t.Context(), nil); err != nil {
			t.Errorf("a person is held to the function's policy: %v", err)
		}
	})
}

// Each service refuses in its own words and code.
func TestRefusalsOfTheServices(t *testing.T) {
	const here = "ap-northeast-1:000000000000:"
	calls := map[string]struct {
		call  call
		parts []string
	}{
		"a read without resource level": {func(ctx context.Context, config aws.Config) error {
			_, err := autoscaling.NewFromConfig(config).DescribeAutoScalingGroups(ctx, &autoscaling.DescribeAutoScalingGroupsInput{})
			return err
		}, []string{`"AccessDenied"`, "perform: autoscaling:DescribeAutoScalingGroups because no identity-based policy"}},
		"an item": {func(ctx context.Context, config aws.Config) error {
			_, err := dynamodb.NewFromConfig(config).GetItem(ctx, &dynamodb.GetItemInput{TableName: aws.String("t"),
				Key: map[string]dynamotypes.AttributeValue{"lineage": &dynamotypes.AttributeValueMemberS{Value: "x"}}})
			return err
		}, []string{`"AccessDeniedException"`, "dynamodb:GetItem on resource: arn:aws:dynamodb:" + here + "table/t because"}},
		"a topic": {func(ctx context.Context, config aws.Config) error {
			_, err := sns.NewFromConfig(config).Publish(ctx, &sns.PublishInput{TopicArn: aws.String("arn:aws:sns:" + here + "t"), Message: aws.String("m")})
			return err
		}, []string{`"AuthorizationError"`, "sns:Publish on resource: arn:aws:sns:" + here + "t because"}},
		"an execution": {func(ctx context.Context, config aws.Config) error {
			_, err := sfn.NewFromConfig(config).DescribeExecution(ctx, &sfn.DescribeExecutionInput{ExecutionArn: aws.String("arn:aws:states:" + here + "execution:m:e")})
			return err
		}, []string{`"AccessDeniedException"`, "states:DescribeExecution on resource: arn:aws:states:" + here + "execution:m:e because"}},
		"a machine's alias": {func(ctx context.Context, config aws.Config) error {
			_, err := sfn.NewFromConfig(config).StartExecution(ctx, &sfn.StartExecutionInput{StateMachineArn: aws.String("arn:aws:states:" + here + "stateMachine:m:live")})
			return err
		}, []string{"states:StartExecution on resource: arn:aws:states:" + here + "stateMachine:m because"}},
		"a function": {func(ctx context.Context, config aws.Config) error {
			_, err := lambda.NewFromConfig(config).Invoke(ctx, &lambda.InvokeInput{FunctionName: aws.String("caller")})
			return err
		}, []string{`"AccessDeniedException"`, "lambda:InvokeFunction on resource: arn:aws:lambda:" + here + "function:caller because"}},
		"a command": {func(ctx context.Context, config aws.Config) error {
			_, err := ssm.NewFromConfig(config).SendCommand(ctx, &ssm.SendCommandInput{DocumentName: aws.String("AWS-RunShellScript"), InstanceIds: []string{"i-0"}})
			return err
		}, []string{`"AccessDeniedException"`, "ssm:SendCommand on resource: arn:aws:ssm:ap-northeast-1::document/AWS-RunShellScript because"}},
		"an event": {func(ctx context.Context, config aws.Config) error {
			_, err := eventbridge.NewFromConfig(config).PutEvents(ctx, &eventbridge.PutEventsInput{Entries: []eventtypes.PutEventsRequestEntry{
				{Source: aws.String("s"), DetailType: aws.String("d"), Detail: aws.String("{}")}}})
			return err
		}, []string{`"AccessDeniedException"`, "events:PutEvents on resource: arn:aws:events:" + here + "event-bus/default because"}},
		"what the model knows no permission of": {func(ctx context.Context, config aws.Config) error {
			_, err := sqs.NewFromConfig(config).ListQueues(ctx, &sqs.ListQueuesInput{})
			return err
		}, []string{`"NotModelled"`, "which permissions sqs:ListQueues takes", "role caller"}},
		"who it is": {func(ctx context.Context, config aws.Config) error {
			_, err := sts.NewFromConfig(config).GetCallerIdentity(ctx, &sts.GetCallerIdentityInput{})
			return err
		}, []string{"done"}},
	}
	inAccount(t, func(a *account) {
		a.allow(`{"Effect": "Allow", "Action": "x:Nothing", "Resource": "*"}`)
		for name, c := range calls {
			a.wants(name, a.calls(c.call), c.parts...)
		}
	})
}

func creates(hookRole string) call {
	return func(ctx context.Context, config aws.Config) error {
		input := &autoscaling.CreateAutoScalingGroupInput{
			AutoScalingGroupName: aws.String("web-app-dev-asg-v001"), MinSize: aws.Int32(0), MaxSize: aws.Int32(1),
			AvailabilityZones: []string{"ap-northeast-1a"},
			LaunchTemplate:    &asgtypes.LaunchTemplateSpecification{LaunchTemplateName: aws.String("web-app-dev"), Version: aws.String("1")},
			Tags:              []asgtypes.Tag{{Key: aws.String("Owner"), Value: aws.String("web")}},
		}
		if hookRole != "" {
			input.LifecycleHookSpecificationList = []asgtypes.LifecycleHookSpecification{{
				LifecycleHookName: aws.String("h"), LifecycleTransition: aws.String("autoscaling:EC2_INSTANCE_LAUNCHING"), RoleARN: &hookRole,
			}}
		}
		_, err := autoscaling.NewFromConfig(config).CreateAutoScalingGroup(ctx, input)
		return err
	}
}

// Who creates a group by a launch template must be allowed to launch by it, to tag as it tags and to pass its role; the
// world's template does both (aws-facts E4).
func TestCreatingAGroupTakesWhatItsTemplateDoes(t *testing.T) {
	const (
		group  = `{"Effect": "Allow", "Action": "autoscaling:CreateAutoScalingGroup", "Resource": "*", "Condition": {"StringEquals": {"aws:RequestTag/owner": "web"}}}`
		launch = `{"Effect": "Allow", "Action": "ec2:RunInstances", "Resource": "*"}`
		tag    = `{"Effect": "Allow", "Action": "ec2:CreateTags", "Resource": "arn:aws:ec2:*:*:instance/*", "Condition": {"StringEquals": {"ec2:CreateAction": "RunInstances"}}}`
		pass   = `{"Effect": "Allow", "Action": "iam:PassRole", "Resource": "arn:aws:iam::000000000000:role/web-app-dev-instance", "Condition": {"StringEquals": {"iam:PassedToService": "ec2.amazonaws.com"}}}`
		hook   = "arn:aws:iam::000000000000:role/web-app-dev-instance"
	)
	inAccount(t, func(a *account) {
		for name, c := range map[string]struct {
			statements, hookRole string
			want                 []string
		}{
			"nothing":              {tag, "", []string{"perform: autoscaling:CreateAutoScalingGroup on resource"}},
			"no launch":            {group + "," + tag + "," + pass, "", []string{`"AccessDenied"`, "You are not authorized to use launch template: lt-"}},
			"no tags":              {group + "," + launch + "," + pass, "", []string{"not authorized to use launch template"}},
			"no role":              {group + "," + launch + "," + tag, "", []string{"not authorized to use launch template"}},
			"the role, for a hook": {group + "," + launch + "," + tag + "," + pass, hook, []string{"perform: iam:PassRole on resource: " + hook}},
			"another owner's tag":  {strings.Replace(group, `"web"`, `"api"`, 1) + "," + launch, "", []string{"perform: autoscaling:CreateAutoScalingGroup"}},
		} {
			a.allow("[" + c.statements + "]")
			a.wants(name, a.calls(creates(c.hookRole)), c.want...)
		}
		a.allow("[" + group + "," + launch + "," + tag + "," + pass + "]")
		a.wants("all of it", a.calls(creates("")), "done")
	})
}

// A group is known by its tags, as AWS names them in either way, whatever the case of their keys.
func TestTagsOfAGroup(t *testing.T) {
	inAccount(t, func(a *account) {
		for _, key := range []string{"aws:ResourceTag/Project", "autoscaling:ResourceTag/project"} {
			for value, want := range map[string]string{"web": "done", "api": `"AccessDenied"`} {
				a.allow(`{"Effect": "Allow", "Action": "autoscaling:UpdateAutoScalingGroup", "Resource": "*", "Condition": {"StringEquals": {"` + key + `": "` + value + `"}}}`)
				a.wants(key+"="+value, a.calls(updates("web-app-dev-asg")), want)
			}
		}
	})
}

// An instance is known by the tag that its group gave it, and a group is not deleted by force.
func TestConditionsSeeTheAccount(t *testing.T) {
	inAccount(t, func(a *account) {
		described, err := autoscaling.NewFromConfig(a.config()).DescribeAutoScalingGroups(t.Context(), nil)
		if err != nil {
			t.Error(err)
			return
		}
		id := *described.AutoScalingGroups[0].Instances[0].InstanceId
		send := func(ctx context.Context, config aws.Config) error {
			_, err := ssm.NewFromConfig(config).SendCommand(ctx, &ssm.SendCommandInput{DocumentName: aws.String("AWS-RunShellScript"),
				InstanceIds: []string{id}, Parameters: map[string][]string{"commands": {"true"}}})
			return err
		}
		sends := func(pattern string) string {
			return `[{"Effect": "Allow", "Action": "ssm:SendCommand", "Resource": "arn:aws:ssm:*::document/AWS-RunShellScript"},
				{"Effect": "Allow", "Action": "ssm:SendCommand", "Resource": "arn:aws:ec2:*:*:instance/*", "Condition": {"StringLike": {"ssm:resourceTag/aws:autoscaling:groupName": "` + pattern + `"}}}]`
		}
		a.allow(sends("api-*"))
		a.wants("another group's instance", a.calls(send), "ssm:SendCommand on resource: arn:aws:ec2:ap-northeast-1:000000000000:instance/"+id)
		a.allow(sends("web-*"))
		a.wants("its own", a.calls(send), "done")

		remove := func(force bool) call {
			return func(ctx context.Context, config aws.Config) error {
				_, err := autoscaling.NewFromConfig(config).DeleteAutoScalingGroup(ctx, &autoscaling.DeleteAutoScalingGroupInput{
					AutoScalingGroupName: aws.String("web-app-dev-asg"), ForceDelete: &force})
				return err
			}
		}
		a.allow(`{"Sid": "Gently", "Effect": "Allow", "Action": "autoscaling:DeleteAutoScalingGroup", "Resource": "*", "Condition": {"BoolIfExists": {"autoscaling:ForceDelete": "false"}}}`)
		a.wants("by force", a.calls(remove(true)), `"AccessDenied"`)
		a.wants("gently", a.calls(remove(false)), "ResourceInUse") // allowed: the group itself refuses

		a.aws.Account.Lock()
		defer a.aws.Account.Unlock()
		used := a.aws.Roles.Used()
		if want := (iam.Use{Role: "caller", Sid: "Gently", Action: "autoscaling:DeleteAutoScalingGroup"}); !slices.Contains(used, want) {
			t.Errorf("used %v, want %v among it", used, want)
		}
	})
}

func BenchmarkEvaluate(b *testing.B) {
	policy := parse(b, `[{"Sid": "Read", "Effect": "Allow", "Action": ["autoscaling:DescribeAutoScalingGroups", "autoscaling:DescribePolicies"], "Resource": "*"},
		{"Sid": "Change", "Effect": "Allow", "Action": ["autoscaling:UpdateAutoScalingGroup", "autoscaling:SuspendProcesses"],
		"Resource": "arn:aws:autoscaling:eu-west-1:000000000000:autoScalingGroup:*:autoScalingGroupName/web-*"}]`)
	for b.Loop() {
		iam.Evaluate(iam.Request{Action: "autoscaling:UpdateAutoScalingGroup", Resource: webGroup}, policy)
	}
}

package deployer

import (
	"fmt"
	"strings"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"
	"github.com/cdklabs/cdk-nag-go/cdknag/v2"

	"bluegreen/infra/machine"
	"bluegreen/infra/settings"
	"bluegreen/infra/trust"
	"bluegreen/internal/actions"
)

// functionRole is the role of one state's function and of no other. Its policies are what internal/actions says that the
// function needs; nothing that CDK would add of its own is in them.
func (b build) functionRole(state string) awsiam.IRole {
	policies, err := actions.Policies(state, b.settings.Scope())
	if err != nil {
		panic(err) // settings.Read finds it first
	}
	managed := []awsiam.IManagedPolicy{}
	for i, statements := range policies[1:] {
		policy := awsiam.NewManagedPolicy(b.stack, jsii.String(fmt.Sprintf("%sPolicy%d", state, i+1)), &awsiam.ManagedPolicyProps{
			Description: jsii.String(fmt.Sprintf("What the function of %s needs, part %d", state, i+2)),
			Document:    functionPolicy(statements),
		})
		acceptAll(policy, statements)
		managed = append(managed, policy)
	}
	if b.attaches != nil {
		managed = append(managed, b.attaches)
	}
	role := b.role(state+"Role", trust.Unnamed("lambda.amazonaws.com"), "What the function of "+state+" needs", functionPolicy(policies[0]), managed...)
	acceptAll(role, policies[0])
	return role.WithoutPolicyUpdates(nil)
}

func functionPolicy(statements []actions.Statement) awsiam.PolicyDocument {
	place := placed(*awscdk.Aws_PARTITION(), *awscdk.Aws_REGION(), *awscdk.Aws_ACCOUNT_ID())
	policy := awsiam.NewPolicyDocument(nil)
	for _, s := range statements {
		conditions := make(map[string]any)
		for _, c := range s.Conditions {
			if conditions[c.Operator] == nil {
				conditions[c.Operator] = make(map[string]any)
			}
			conditions[c.Operator].(map[string]any)[c.Key] = place(c.Values)
		}
		policy.AddStatements(awsiam.NewPolicyStatement(&awsiam.PolicyStatementProps{
			Sid: jsii.String(s.Sid), Actions: texts(s.Actions), Resources: texts(place(s.Resources)), Conditions: &conditions,
		}))
	}
	return policy
}

// acceptAll accepts the resources of statements, as cdk-nag writes what differs from account to account.
func acceptAll(in constructs.IConstruct, statements []actions.Statement) {
	place := placed("<AWS::Partition>", "<AWS::Region>", "<AWS::AccountId>")
	for _, s := range statements {
		accept(in, "AwsSolutions-IAM5", s.Sid+": "+s.Why, place(s.Resources))
	}
}

// placed puts a place in for the settings' placeholders.
func placed(partition, region, account string) func([]string) []string {
	of := settings.Placeholders
	put := strings.NewReplacer(of[0], partition, of[1], region, of[2], account)
	return func(texts []string) []string {
		var all []string
		for _, text := range texts {
			all = append(all, put.Replace(text))
		}
		return all
	}
}

// role makes a role that a service assumes, with one policy of its own.
func (b build) role(id string, service awsiam.IPrincipal, description string, policy awsiam.PolicyDocument, managed ...awsiam.IManagedPolicy) awsiam.Role {
	return awsiam.NewRole(b.stack, jsii.String(id), &awsiam.RoleProps{
		Description:     jsii.String(description),
		AssumedBy:       service,
		InlinePolicies:  &map[string]awsiam.PolicyDocument{"Work": policy},
		ManagedPolicies: &managed,
	})
}

// machineRole lets a state machine call its own functions, write its log and its trace, and nothing else.
func (b build) machineRole(id, name string, functions []awslambda.Function) awsiam.Role {
	calls, versions := []*string{}, []string{}
	for _, f := range functions {
		calls = append(calls, jsii.String(*f.FunctionArn()+":*"))
		versions = append(versions, fmt.Sprintf("<%s.Arn>:*", *b.stack.GetLogicalId(f.Node().DefaultChild().(awscdk.CfnElement))))
	}
	role := b.role(id+"Role", trust.Service("states.amazonaws.com", machine.Assumed(b.stack, name)...), "What the state machine "+id+" needs", document(
		allow("CallFunctions", &calls, "lambda:InvokeFunction"),
		allow("DeliverLogs", jsii.Strings("*"), "logs:CreateLogDelivery", "logs:GetLogDelivery", "logs:UpdateLogDelivery",
			"logs:DeleteLogDelivery", "logs:ListLogDeliveries", "logs:PutResourcePolicy", "logs:DescribeResourcePolicies", "logs:DescribeLogGroups"),
		allow("Trace", jsii.Strings("*"), "xray:PutTraceSegments", "xray:PutTelemetryRecords", "xray:GetSamplingRules", "xray:GetSamplingTargets"),
	))
	accept(role, "AwsSolutions-IAM5", "Executions under way call the versions of the functions that their machine was published with.", versions)
	accept(role, "AwsSolutions-IAM5", "X-Ray and the delivery of logs know no resource level (Step Functions developer guide).", []string{"*"})
	return role
}

func allow(sid string, resources *[]*string, actions ...string) awsiam.PolicyStatement {
	return awsiam.NewPolicyStatement(&awsiam.PolicyStatementProps{Sid: jsii.String(sid), Actions: texts(actions), Resources: resources})
}

func document(statements ...awsiam.PolicyStatement) awsiam.PolicyDocument {
	return awsiam.NewPolicyDocument(&awsiam.PolicyDocumentProps{Statements: &statements})
}

// accept says why cdk-nag's finding is none: for the resources that hold a *, if some are given, and for no others.
func accept(in constructs.IConstruct, rule, reason string, resources []string) {
	var about []any
	for _, resource := range resources {
		if strings.Contains(resource, "*") {
			about = append(about, "Resource::"+resource)
		}
	}
	if len(about) > 0 {
		cdknag.NagSuppressions_AddResourceSuppressions(in, &[]*cdknag.NagPackSuppression{
			{Id: jsii.String(rule), Reason: jsii.String(reason), AppliesTo: &about},
		}, nil)
	}
}

func texts(of []string) *[]*string { return jsii.Strings(of...) }

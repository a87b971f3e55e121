package deployer

import (
	"fmt"
	"strings"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"
	"github.com/aws/jsii-runtime-go"
	"github.com/cdklabs/cdk-nag-go/cdknag/v2"

	"bluegreen/internal/actions"
)

// functionRole is the role of one state's function and of no other. Its one policy is what internal/actions says that the
// function needs; nothing that CDK would add of its own is in it.
func (b build) functionRole(state string) awsiam.IRole {
	statements := b.statements(state, b.settings.Scope(*awscdk.Aws_PARTITION(), *awscdk.Aws_REGION(), *awscdk.Aws_ACCOUNT_ID()))
	policy := awsiam.NewPolicyDocument(nil)
	for _, s := range statements {
		conditions := make(map[string]any)
		for _, c := range s.Conditions {
			if conditions[c.Operator] == nil {
				conditions[c.Operator] = make(map[string]any)
			}
			conditions[c.Operator].(map[string]any)[c.Key] = c.Values
		}
		policy.AddStatements(awsiam.NewPolicyStatement(&awsiam.PolicyStatementProps{
			Sid: jsii.String(s.Sid), Actions: texts(s.Actions), Resources: texts(s.Resources), Conditions: &conditions,
		}))
	}
	role := b.role(state+"Role", "lambda.amazonaws.com", "What the function of "+state+" needs", policy)
	// As cdk-nag writes what differs from account to account.
	for _, s := range b.statements(state, b.settings.Scope("<AWS::Partition>", "<AWS::Region>", "<AWS::AccountId>")) {
		accept(role, "AwsSolutions-IAM5", s.Sid+": "+s.Why, s.Resources)
	}
	return role.WithoutPolicyUpdates(nil)
}

func (b build) statements(state string, scope actions.Scope) []actions.Statement {
	statements, err := actions.Policy(state, scope)
	if err != nil {
		panic(err) // a test of internal/actions finds it first
	}
	return statements
}

// role makes a role that a service assumes, with one policy.
func (b build) role(id, service, description string, policy awsiam.PolicyDocument) awsiam.Role {
	return awsiam.NewRole(b.stack, jsii.String(id), &awsiam.RoleProps{
		Description:    jsii.String(description),
		AssumedBy:      awsiam.NewServicePrincipal(jsii.String(service), nil),
		InlinePolicies: &map[string]awsiam.PolicyDocument{"Work": policy},
	})
}

// machineRole lets a state machine call its own functions, write its log and its trace, and nothing else.
func (b build) machineRole(id string, functions []awslambda.Function) awsiam.Role {
	calls, versions := []*string{}, []string{}
	for _, f := range functions {
		calls = append(calls, jsii.String(*f.FunctionArn()+":*"))
		versions = append(versions, fmt.Sprintf("<%s.Arn>:*", *b.stack.GetLogicalId(f.Node().DefaultChild().(awscdk.CfnElement))))
	}
	role := b.role(id+"Role", "states.amazonaws.com", "What the state machine "+id+" needs", document(
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
func accept(role awsiam.Role, rule, reason string, resources []string) {
	var about []any
	for _, resource := range resources {
		if strings.Contains(resource, "*") {
			about = append(about, "Resource::"+resource)
		}
	}
	if len(about) > 0 {
		cdknag.NagSuppressions_AddResourceSuppressions(role, &[]*cdknag.NagPackSuppression{
			{Id: jsii.String(rule), Reason: jsii.String(reason), AppliesTo: &about},
		}, nil)
	}
}

func texts(of []string) *[]*string { return jsii.Strings(of...) }

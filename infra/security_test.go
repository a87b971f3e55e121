package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"

	"bluegreen/infra/deployer"
	"bluegreen/infra/fleet"
	"bluegreen/infra/network"
	"bluegreen/infra/settings"
	"bluegreen/internal/actions"
	"bluegreen/statemachine"
)

func deployerWith(t *testing.T, context map[string]any) []byte {
	t.Helper()
	all := map[string]any{"build": synthesised.build}
	for key, value := range context {
		all[key] = value
	}
	return variant(t, all, func(app awscdk.App, s settings.Settings) awscdk.Stack { return deployer.New(app, s) })
}

// A key for logs encrypts each of them.
func TestLogsAreEncryptedByTheOperatorsKey(t *testing.T) {
	const key = "arn:aws:kms:ap-northeast-1:123456789012:key/0f1e2d3c-0000-4000-8000-0123456789ab"
	context := map[string]any{"log_key": key}
	for _, text := range [][]byte{
		deployerWith(t, context),
		variant(t, context, func(app awscdk.App, s settings.Settings) awscdk.Stack { return network.New(app, s) }),
	} {
		groups := ofType(t, text, "AWS::Logs::LogGroup")
		if len(groups) == 0 {
			t.Error("there is no log group")
		}
		for _, group := range groups {
			if got := at(t, group.Properties, "KmsKeyId"); got != key {
				t.Errorf("%v is encrypted by %s", group.Properties["LogGroupName"], got)
			}
		}
	}
}

// With a certificate the sample is reached by TLS, and who comes by HTTP is sent there.
func TestTheSampleSpeaksTLS(t *testing.T) {
	const certificate = "arn:aws:acm:ap-northeast-1:123456789012:certificate/0f1e2d3c-0000-4000-8000-0123456789ab"
	context := map[string]any{"certificate": certificate}
	text := variant(t, context, func(app awscdk.App, s settings.Settings) awscdk.Stack { return fleet.New(app, s) })
	actions := make(map[string]string)
	for _, listener := range ofType(t, text, "AWS::ElasticLoadBalancingV2::Listener") {
		actions[at(t, listener.Properties, "Port")] = at(t, listener.Properties, "DefaultActions", 0, "Type")
		if at(t, listener.Properties, "Protocol") == "HTTPS" {
			if got := at(t, listener.Properties, "Certificates", 0, "CertificateArn"); got != certificate {
				t.Errorf("the certificate is %s", got)
			}
		}
	}
	if len(actions) != 2 || actions["80"] != "redirect" || actions["443"] != "forward" {
		t.Errorf("the ports do %v", actions)
	}
	if !strings.Contains(string(text), `"https://"`) {
		t.Error("the address that the stack tells is not https")
	}
	text = variant(t, context, func(app awscdk.App, s settings.Settings) awscdk.Stack { return network.New(app, s) })
	if !strings.Contains(string(text), `"FromPort": 443,
      "IpProtocol": "tcp",
      "ToPort": 443
     },`) {
		t.Error("nobody reaches port 443 of the load balancer")
	}
}

// Every role of every stack is bounded.
func TestRolesAreBounded(t *testing.T) {
	const boundary = "arn:aws:iam::123456789012:policy/team/Boundary"
	app := awscdk.NewApp(props(map[string]any{"build": synthesised.build, "permissions_boundary": boundary}))
	all, err := stacks(app)
	if err != nil {
		t.Fatal(err)
	}
	folder := *app.Synth(nil).Directory()
	for _, stack := range all {
		text, err := os.ReadFile(filepath.Join(folder, *stack.ArtifactId()+".template.json"))
		if err != nil {
			t.Fatal(err)
		}
		roles := ofType(t, text, "AWS::IAM::Role")
		if len(roles) == 0 {
			t.Errorf("%s has no role", *stack.ArtifactId())
		}
		for _, role := range roles {
			if got := at(t, role.Properties, "PermissionsBoundary"); got != boundary {
				t.Errorf("%s: the boundary of %v is %s", *stack.ArtifactId(), role.Properties["Description"], got)
			}
		}
	}
}

// The functions are in the subnets that are given; Lambda may make their interfaces there, and their code may not.
func TestFunctionsInAVPC(t *testing.T) {
	text := deployerWith(t, map[string]any{"function_subnets": "subnet-0123456789abcdef0,subnet-0123456789abcdef1", "function_security_groups": "sg-0123456789abcdef0"})
	for _, f := range ofType(t, text, "AWS::Lambda::Function") {
		if got := at(t, f.Properties, "VpcConfig"); got != `{"SecurityGroupIds":["sg-0123456789abcdef0"],"SubnetIds":["subnet-0123456789abcdef0","subnet-0123456789abcdef1"]}` {
			t.Errorf("%v is in %s", f.Properties["FunctionName"], got)
		}
	}
	attached := 0
	for _, role := range ofType(t, text, "AWS::IAM::Role") {
		if strings.Contains(at(t, role.Properties, "AssumeRolePolicyDocument"), "lambda.amazonaws.com") {
			attached++
			if got := at(t, role.Properties, "ManagedPolicyArns"); !strings.Contains(got, "NetworkInterfaces") {
				t.Errorf("%v has the policies %s", role.Properties["Description"], got)
			}
		}
	}
	if want := len(statemachine.Deployed()); attached != want {
		t.Errorf("%d functions have a role, want %d", attached, want)
	}
}

// What Lambda alone may do for functions in a VPC is nothing that one of them needs itself.
func TestNoFunctionNeedsWhatItsCodeIsDenied(t *testing.T) {
	denied := strings.Split(at(t, deniedToTheCode(t), "Action"), ",")
	if len(denied) < 6 {
		t.Fatalf("what is denied is %v", denied)
	}
	for _, f := range statemachine.Deployed() {
		s, err := settings.Read(func(string) any { return nil })
		if err != nil {
			t.Fatal(err)
		}
		policies, err := actions.Policies(f.State, s.Scope())
		if err != nil {
			t.Fatal(err)
		}
		for _, statement := range slices.Concat(policies...) {
			for _, action := range statement.Actions {
				if slices.ContainsFunc(denied, func(d string) bool { return strings.Trim(d, `[]"`) == action }) {
					t.Errorf("%s needs %s, which is denied to it in a VPC", f.State, action)
				}
			}
		}
	}
}

func deniedToTheCode(t *testing.T) any {
	t.Helper()
	text := deployerWith(t, map[string]any{"function_subnets": "subnet-0123456789abcdef0", "function_security_groups": "sg-0123456789abcdef0"})
	for _, policy := range ofType(t, text, "AWS::IAM::ManagedPolicy") {
		for _, statement := range policy.Properties["PolicyDocument"].(map[string]any)["Statement"].([]any) {
			if at(t, statement, "Effect") == "Deny" {
				return statement
			}
		}
	}
	t.Fatal("nothing is denied to the code")
	return nil
}

// Who wants the machine's plain ARN in the pipeline has it there, with the permission for it.
func TestPipelineStartsTheMachineItself(t *testing.T) {
	text := pipelineWith(t, map[string]any{"starts": "machine"})
	p := only(t, ofType(t, text, codePipeline)).Properties
	if got := at(t, p, "Stages", 1, "Actions", 0, "Configuration", "StateMachineArn"); !strings.HasSuffix(got, `:stateMachine:ec-mqagt-dev-BlueGreen"]]}`) {
		t.Errorf("the action starts %s", got)
	}
	for _, statement := range only(t, ofType(t, text, "AWS::IAM::Policy")).Properties["PolicyDocument"].(map[string]any)["Statement"].([]any) {
		if at(t, statement, "Action") == "states:StartExecution" && at(t, statement, "Condition") != "null" {
			t.Errorf("it may start on the condition %s", at(t, statement, "Condition"))
		}
	}
}

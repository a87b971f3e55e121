package main

import (
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// planned are the words of the cdk command that make would run.
func planned(t *testing.T, args ...string) []string {
	t.Helper()
	run := exec.Command("make", append([]string{"-C", "..", "--dry-run", "--no-print-directory"}, args...)...)
	text, err := run.Output()
	if err != nil {
		t.Fatalf("make %v: %v", args, err)
	}
	command := regexp.MustCompile(`node_modules/\.bin/cdk [^\n]*`).FindString(string(text))
	return strings.Fields(command)[1:]
}

// A parameter that nobody gave to make is not handed to CDK: what infra/cdk.json says of it holds.
func TestMakeHandsOnWhatIsGiven(t *testing.T) {
	for _, c := range []struct{ args, want []string }{
		{[]string{"synth"}, []string{"synth", "--quiet"}},
		{[]string{"deploy", "STACKS=Fleet"}, []string{"deploy", "Fleet"}},
		{[]string{"bootstrap"}, []string{"bootstrap"}},
		{[]string{"destroy", "STACKS=Pipeline Deployer", "PROJECT=shop"}, []string{"destroy", "-c", "project=shop", "Pipeline", "Deployer"}},
		{[]string{"deploy", "OPERATOR_EMAIL="}, []string{"deploy", "--all"}},
		{
			[]string{"deploy", "PROJECT=shop", "ROLE=web", "ENVIRONMENT=prod", "OPERATOR_EMAIL=o@example.com", "CDK=-c approval=true"},
			[]string{"deploy", "-c", "project=shop", "-c", "role=web", "-c", "environment=prod", "-c", "operator_email=o@example.com", "-c", "approval=true", "--all"},
		},
	} {
		if got := planned(t, c.args...); !slices.Equal(got, c.want) {
			t.Errorf("make %v runs cdk %v, want %v", c.args, got, c.want)
		}
	}
}

// What is under way is said before stacks are deployed or deleted, of the stacks that are meant; and the account is reached as
// the caller's environment says.
func TestMakeLooksFirst(t *testing.T) {
	t.Setenv("AWS_CA_BUNDLE", "/proxy.pem")
	t.Setenv("AWS_EC2_METADATA_DISABLED", "") // make, which may run this, sets it
	for _, target := range []string{"deploy", "destroy"} {
		text, err := exec.Command("make", "-C", "..", "--dry-run", "--no-print-directory", target, "PROJECT=shop", "STACKS=Deployer").Output()
		if err != nil {
			t.Fatal(err)
		}
		const reached = "cd infra && env AWS_EC2_METADATA_DISABLED='' AWS_CA_BUNDLE='/proxy.pem' "
		look := strings.Index(string(text), reached+"go run ./underway -c project=shop")
		does := strings.Index(string(text), reached+"node_modules/.bin/cdk "+target+" -c project=shop")
		if look < 0 || does < look {
			t.Errorf("make %s runs\n%s", target, text)
		}
	}
}

// Each stack remembers which parameters it was deployed with.
func TestStacksRememberWhatIsGiven(t *testing.T) {
	for _, stack := range synthesised.stacks {
		all := named(t, stack)
		if got := at(t, all[only(t, idsOf(all, "AWS::SSM::Parameter", "Given"))].Properties, "Name"); got != "/ec/mqagt/dev/given/"+stack {
			t.Errorf("%s remembers by %s", stack, got)
		}
	}
	text := pipelineWith(t, map[string]any{"approval": "true", "input": "a/b.json"})
	if got := at(t, only(t, ofType(t, text, "AWS::SSM::Parameter")).Properties, "Value"); got != "input,approval" {
		t.Errorf("it remembers %s", got)
	}
}

// The operators' address is not needed again: a stack that is deployed without it leaves the subscription where it is, and
// one that is deployed with another address has that instead.
func TestOperatorsStaySubscribed(t *testing.T) {
	for stack, id := range map[string]string{"Deployer": "OperatorsMail", "Fleet": "OperatorsMail"} {
		mail, there := named(t, stack)[id]
		if !there {
			t.Errorf("%s: the subscription is not called %s, whatever its address is", stack, id)
			continue
		}
		if mail.DeletionPolicy != "RetainExceptOnCreate" || mail.UpdateReplacePolicy != "Delete" {
			t.Errorf("%s: %s when it is left out, %s when it is replaced", stack, mail.DeletionPolicy, mail.UpdateReplacePolicy)
		}
	}
}

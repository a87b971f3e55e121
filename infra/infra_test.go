package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/jsii-runtime-go"
	"github.com/google/go-cmp/cmp"

	"bluegreen/statemachine"
)

var update = flag.Bool("update", false, "write the snapshots in templates")

// synthesised holds the one synthesis that every test reads: starting jsii takes seconds.
var synthesised struct {
	stacks    []string          // their ids
	templates map[string][]byte // by stack, as they are compared: what differs from machine to machine is replaced
	findings  []string          // of cdk-nag, and other errors and warnings
	build     string            // folder of bootstraps that stand in for those that make build-arm64 leaves
}

func TestMain(m *testing.M) {
	flag.Parse()
	code := func() int {
		if _, err := exec.LookPath("node"); err != nil {
			os.Stderr.WriteString("the stacks are synthesised by CDK, which runs in Node.js: install it. " + err.Error() + "\n")
			return 1
		}
		defer jsii.Close()
		defer func() { os.RemoveAll(synthesised.build) }()
		if err := synthesise(); err != nil {
			os.Stderr.WriteString("synthesising: " + err.Error() + "\n")
			return 1
		}
		return m.Run()
	}()
	os.Exit(code)
}

// standIns makes the folder of bootstraps.
func standIns() error {
	var err error
	if synthesised.build, err = os.MkdirTemp("", "bootstraps"); err != nil {
		return err
	}
	for _, f := range statemachine.Deployed() {
		folder := filepath.Join(synthesised.build, f.Package())
		if err := os.Mkdir(folder, 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(folder, "bootstrap"), []byte(f.State), 0o755); err != nil {
			return err
		}
	}
	return nil
}

// synthesise runs the app in this process.
func synthesise() error {
	if err := standIns(); err != nil {
		return err
	}
	app := awscdk.NewApp(props(map[string]any{"build": synthesised.build, "operator_email": "operator@example.com"}))
	all, err := stacks(app)
	if err != nil {
		return err
	}
	folder := *app.Synth(nil).Directory()
	synthesised.templates = make(map[string][]byte)
	for _, stack := range all {
		id := *stack.ArtifactId()
		synthesised.stacks = append(synthesised.stacks, id)
		template, err := os.ReadFile(filepath.Join(folder, id+".template.json"))
		if err != nil {
			return err
		}
		synthesised.templates[id] = stable(template)
		found, err := findings(filepath.Join(folder, id+".metadata.json"))
		if err != nil {
			return err
		}
		synthesised.findings = append(synthesised.findings, found...)
	}
	return nil
}

// findings are the errors and warnings in a stack's metadata, with the construct that each is about.
func findings(path string) ([]string, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var metadata map[string][]struct {
		Type string
		Data any
	}
	if err := json.Unmarshal(text, &metadata); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	var found []string
	for construct, entries := range metadata {
		for _, entry := range entries {
			if entry.Type == "aws:cdk:error" || entry.Type == "aws:cdk:warning" {
				found = append(found, fmt.Sprintf("%s: %v", construct, entry.Data))
			}
		}
	}
	slices.Sort(found)
	return found, nil
}

var (
	assetHash   = regexp.MustCompile(`\b[0-9a-f]{64}\b`)
	versionHash = regexp.MustCompile(`(CurrentVersion[0-9A-F]{8})[0-9a-f]{32}`)
)

// stable replaces the hashes of code and layers: they follow from the compiler and from the operators' policy.
func stable(template []byte) []byte {
	template = assetHash.ReplaceAll(template, []byte("ASSET"))
	return versionHash.ReplaceAll(template, []byte("${1}HASH"))
}

// The snapshots are what a person reviews: what a change of the code changes on AWS shows in its diff.
func TestSnapshots(t *testing.T) {
	for _, id := range synthesised.stacks {
		path := filepath.Join("templates", id+".template.json")
		got := synthesised.templates[id]
		if *update {
			if err := os.WriteFile(path, got, 0o644); err != nil {
				t.Fatal(err)
			}
			continue
		}
		want, err := os.ReadFile(path)
		if err != nil {
			t.Errorf("%v (go test ./infra -update writes it)", err)
			continue
		}
		if diff := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(string(got), "\n")); diff != "" {
			t.Errorf("%s is not what is synthesised: review, then go test ./infra -update\n%s", path, diff)
		}
	}
}

// The stacks can be deployed in several Regions of an account: what the account has in all of them is not called alike.
func TestNamesOfTheAccountHoldTheRegion(t *testing.T) {
	kinds := map[string]string{
		"AWS::IAM::Role": "RoleName", "AWS::IAM::InstanceProfile": "InstanceProfileName", "AWS::IAM::ManagedPolicy": "ManagedPolicyName",
		"AWS::IAM::User": "UserName", "AWS::IAM::Group": "GroupName", "AWS::S3::Bucket": "BucketName", "AWS::CloudWatch::Dashboard": "DashboardName",
	}
	for _, stack := range synthesised.stacks {
		for id, r := range named(t, stack) {
			if name := r.Properties[kinds[r.Type]]; name != nil && !strings.Contains(at(t, name), `{"Ref":"AWS::Region"}`) {
				t.Errorf("%s: %s is called %v in every Region", stack, id, name)
			}
		}
	}
}

// The stacks can be deployed in every partition, aws-us-gov and aws-cn among them: nothing in them names one.
func TestTemplatesNameNoPartition(t *testing.T) {
	literal := regexp.MustCompile(`[^"\\]*arn:aws[a-z-]*:[^"\\]*`)
	for _, id := range synthesised.stacks {
		for _, found := range literal.FindAllString(string(synthesised.templates[id]), -1) {
			t.Errorf("%s: %s", id, found)
		}
	}
}

// cdk-nag's AwsSolutions finds nothing, and CDK has nothing to warn of.
func TestFindings(t *testing.T) {
	for _, finding := range synthesised.findings {
		t.Error(finding)
	}
}

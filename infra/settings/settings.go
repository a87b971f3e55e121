// Package settings holds the parameters of the stacks, as CDK context gives them (cdk deploy -c project=ec …), and the
// names that follow from them, by which stacks that deploy alone find each other's things.
package settings

import (
	"fmt"
	"strings"

	"bluegreen/internal/actions"
	"bluegreen/internal/deploy"
)

// Recover says what happens when an execution ends without an end state of ours (stopped, timed out, States.Runtime).
type Recover string

const (
	RecoverStart Recover = "start" // an execution with action "recover" finishes or undoes what was left
	RecoverTell  Recover = "tell"  // people are told, and start it themselves
)

// Source is where the pipeline's commits come from.
type Source string

const (
	SourceCodeCommit Source = "codecommit" // a repository that the Pipeline stack creates
	SourceConnection Source = "connection" // a repository elsewhere, by a CodeConnections connection
	SourceS3         Source = "s3"         // a zip file in a versioned bucket
)

// Starts says what the pipeline starts.
type Starts string

const (
	StartsAlias   Starts = "alias"   // the version that the Deployer stack published last
	StartsMachine Starts = "machine" // the machine by its own ARN, as CodePipeline's documents show it
)

// Settings are the parameters. The zero value is of no use: Read fills in the defaults.
type Settings struct {
	Project, Role, Environment string // names are <project>-<role>-<environment>-…

	OperatorEmail string // gets mail about deployments and alarms; empty: the topic has no subscriber yet

	// Fleets are the names of the groups that may be deployed, each a prefix and a "*": greens to come must match too.
	Fleets []string
	// FleetRoles are the names, with their path, of the IAM roles that the fleets' launch templates and hooks name: what may
	// be passed. AWS::Region in one stands for the Region.
	FleetRoles []string
	// Records are those of hosted zones that may be moved from one load balancer to another.
	Records []deploy.Record
	// ImageParameters are the names of the Systems Manager parameters that may say which image green launches from, besides
	// Amazon's public ones.
	ImageParameters []string

	// BuildImages tells whether deployments may have images built, on builders.
	BuildImages bool
	// BuilderSubnets are the subnets that builders are launched in; none: blue's.
	BuilderSubnets []string

	// InPlaceTemplates are the launch templates that may get versions, so that groups which launch from them are replaced in place.
	InPlaceTemplates []string

	// An existing network for the Fleet stack. VPC empty: the one of the Network stack.
	VPC                 string   // vpc-…
	Subnets             []string // of the instances, at least two
	LoadBalancerSubnets []string // of the load balancer, at least two

	Recover Recover

	// RunningSeconds is how long a deployment, or a drain, may run before the operators are told.
	RunningSeconds int

	// Reserve tells whether the functions reserve concurrency. An account whose limit is too low for that cannot (docs/aws.md).
	Reserve bool

	// LogExecutionData tells whether the machines' logs hold what goes into executions and their states, and out of them. The
	// execution's history has it all the same; more people may read logs, and commands may hold secrets.
	LogExecutionData bool

	// What security teams ask for. Empty: AWS's own key for logs, HTTP for the sample's load balancer, no boundary, functions
	// in no network of the account.
	LogKey                 string   // ARN of the KMS key that encrypts every log group
	Certificate            string   // ARN of the certificate that the sample's load balancer shows
	PermissionsBoundary    string   // ARN of the managed policy that bounds every role
	FunctionSubnets        []string // with a way to AWS's services
	FunctionSecurityGroups []string

	Source     Source
	Repository string // its name; for a connection owner/name; for S3 the bucket
	Branch     string
	Connection string         // ARN, for SourceConnection
	Key        string         // of the object, for SourceS3
	Input      string         // where the request lies in the source
	Deploys    deploy.Machine // the machine that the pipeline starts
	Starts     Starts
	Approval   bool // a person approves in the pipeline before a deployment starts

	// Given are the keys of what is not the default, but for what names the stacks, the operators' address, which they remember
	// by themselves, and where this machine has the functions.
	Given []string

	Guardrails string // folder of the operators' policy, which becomes a layer
	Build      string // folder of the functions' bootstraps, as make build-arm64 leaves it
}

// Prefix begins every name: <project>-<role>-<environment>.
func (s Settings) Prefix() string {
	return strings.Join([]string{s.Project, s.Role, s.Environment}, "-")
}

// Name is <project>-<role>-<environment>-<what>.
func (s Settings) Name(what string) string { return s.Prefix() + "-" + what }

// Table is the name of the ledger's DynamoDB table.
func (s Settings) Table() string { return s.Name("ledger") }

// Topic is the name of the SNS topic that the Deployer stack tells the operators by. The Fleet stack, which deploys alone
// too, has its own.
func (s Settings) Topic() string { return s.Name("operators") }

// Pipeline is the name of the pipeline that starts deployments, whose stack may not be there.
func (s Settings) Pipeline() string { return s.Name("bluegreen") }

// Function is the name of the Lambda function of a state.
func (s Settings) Function(state string) string { return s.Name(state) }

// InstanceRole is the name of the role that the Fleet stack's instances have, in a Region: roles are the account's in all
// Regions, and another Region has a Fleet of its own.
func (s Settings) InstanceRole(region string) string { return s.Name("instance-" + region) }

// instanceRoles are those that Fleet's instances have, and had until 2026-11: fleets that it made before have it still.
func (s Settings) instanceRoles() string {
	return s.InstanceRole(Placeholders[1]) + "," + s.Name("instance")
}

// Machine is the name of the state machine that the pipeline starts.
func (s Settings) Machine() string { return s.Name(string(s.Deploys)) }

// Parameter is the name of the SSM parameter by which a stack tells the others what it made.
func (s Settings) Parameter(what string) string {
	return fmt.Sprintf("/%s/%s/%s/%s", s.Project, s.Role, s.Environment, what)
}

// Placeholders stand in a Scope for the place where a stack is deployed: partition, Region and account, as CloudFormation
// calls them. Nowhere is an ARN longer than with them: the longest partition and Region are aws-iso-f and us-isof-south-1.
var Placeholders = [3]string{"AWS::Partition", "AWS::Region", "AWS::AccountId"}

// Scope is what the functions may touch, with the Placeholders.
func (s Settings) Scope() actions.Scope {
	scope := actions.Standard(Placeholders[0], Placeholders[1], Placeholders[2], s.Project, s.Role, s.Environment)
	scope.Fleets, scope.FleetRoles = s.Fleets, nil
	for _, role := range s.FleetRoles { // IAM itself writes paths with a / before them
		scope.FleetRoles = append(scope.FleetRoles, strings.TrimPrefix(role, "/"))
	}
	scope.ImageParameters, scope.Records = s.ImageParameters, s.Records
	scope.BuildImages, scope.BuilderSubnets = s.BuildImages, s.BuilderSubnets
	scope.InPlaceTemplates = s.InPlaceTemplates
	return scope
}

// Package actions lists which operations of AWS each function of the state machine may call, and the IAM actions that
// this takes. The list is generated from the Lambdas' code; a rehearsal denies everything else, and the stacks
// build each function's role from it.
package actions

//go:generate go run ./generate
//go:generate go run ./document

// Operation is an operation of AWS's API.
type Operation struct {
	Service string // that requests are signed for, e.g. "states"
	Name    string // e.g. "DescribeExecution"
}

// String is the operation as people write it: service:Name.
func (o Operation) String() string { return o.Service + ":" + o.Name }

// Of returns what the function of a state may call, by service and name. A state that is not known may call nothing.
func Of(state string) []Operation { return byState[state] }

// States are the states whose functions are known, those too that call nothing.
func States() []string { return states }

// IAM returns the IAM actions that calling the operation takes: its own first, then those that it depends on.
func (o Operation) IAM() []string {
	prefix := o.Service
	if other, ok := prefixes[o.Service]; ok {
		prefix = other
	}
	action := prefix + ":" + o.Name
	if other, ok := renamed[o]; ok {
		action = other
	}
	return append([]string{action}, dependent[o]...)
}

// prefixes are those of IAM where they differ from the service that requests are signed for.
var prefixes = map[string]string{"monitoring": "cloudwatch"}

// renamed are the actions that are not called like their operation (Service Authorization Reference).
var renamed = map[Operation]string{
	{"lambda", "Invoke"}: "lambda:InvokeFunction",
}

// dependent are the actions that an operation needs besides its own (EC2 Auto Scaling user guide, "API permissions"). A
// group's service-linked role exists, since blue does; so creating it is not among them.
var dependent = map[Operation][]string{
	// A launch template launches and tags instances; it, a hook or the group may name a role.
	{"autoscaling", "CreateAutoScalingGroup"}:      {"ec2:RunInstances", "ec2:CreateTags", "iam:PassRole"},
	{"autoscaling", "UpdateAutoScalingGroup"}:      {"ssm:GetParameters"}, // its template may name its image by a parameter, which is resolved each time
	{"autoscaling", "CreateLaunchConfiguration"}:   {"iam:PassRole"},
	{"autoscaling", "PutLifecycleHook"}:            {"iam:PassRole"},
	{"elasticloadbalancing", "CreateLoadBalancer"}: {"elasticloadbalancing:AddTags"}, // with tags
	{"elasticloadbalancing", "CreateTargetGroup"}:  {"elasticloadbalancing:AddTags"},
	{"elasticloadbalancing", "CreateListener"}:     {"elasticloadbalancing:AddTags"},
	{"elasticloadbalancing", "CreateRule"}:         {"elasticloadbalancing:AddTags"},
	{"ec2", "CreateLaunchTemplate"}:                {"ec2:CreateTags"}, // with tags
	{"ec2", "CreateImage"}:                         {"ec2:CreateTags"}, // the same
	{"ec2", "RunInstances"}:                        {"ec2:CreateTags", "iam:PassRole"},
	{"monitoring", "PutMetricAlarm"}:               {"cloudwatch:TagResource"}, // it has tags
}

// naming are the functions that have a group which exists name another version of its launch template. AWS asks of them what it asks
// of a group's creator (aws-facts E4, H7).
var naming = []string{"CreateGreen", "RestoreBlue", "ScaleInBlue", "LaunchInstances", "JoinGroup", "EndPrevious", "RestoreGroup"}

// building are the functions that make images on builders, and ending those that end builders.
var (
	building = []string{"BuildImage"}
	ending   = []string{"BuildImage", "RemoveGreen"}
)

// placing are the functions that end instances which were launched for a group that stays, and never joined it.
var placing = []string{"RestoreGroup"}

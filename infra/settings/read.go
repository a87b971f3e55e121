package settings

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"bluegreen/internal/deploy"
	"bluegreen/internal/form"
)

// longestPrefix leaves room in a role's name (64 characters) for the longest Region's.
const longestPrefix = 64 - len("-instance-us-isof-south-1")

// Context gives the value of a CDK context key, nil when it is not set.
type Context func(key string) any

// A field of the settings, the context key that sets it and its default, which may follow from the fields before it.
type field struct {
	key string
	set func(s *Settings, value string) error
	def func(s Settings) string
}

func always(value string) func(Settings) string { return func(Settings) string { return value } }

// fields are read in this order.
var fields = []field{
	{"project", name(func(s *Settings) *string { return &s.Project }), always("ec")},
	{"role", name(func(s *Settings) *string { return &s.Role }), always("mqagt")},
	{"environment", name(func(s *Settings) *string { return &s.Environment }), always("dev")},
	{"operator_email", optional(func(s *Settings) *string { return &s.OperatorEmail },
		`^[^@\s,]+@[^@\s,]+\.[^@\s,]+$`, "an address like operator@example.com"), always("")},
	{"fleets", each(func(s *Settings) *[]string { return &s.Fleets },
		`^[!-)+-9;->@-~]+\*$`, `names of groups that end in "*", like ec-mqagt-dev-*: the greens to come must match too`),
		func(s Settings) string { return s.Name("*") }},
	{"fleet_roles", each(func(s *Settings) *[]string { return &s.FleetRoles },
		`^(/?([\w+=.@-]+/)+)?([\w+=.@-]|AWS::Region){1,64}$`, "names of IAM roles with their paths, like shop-instance or team/shop-instance"), Settings.instanceRoles},
	{"hosted_zones", records, always("")},
	{"image_parameters", each(func(s *Settings) *[]string { return &s.ImageParameters },
		`^/?[\w.-]+(/[\w.-]+)*(/?\*)?$`, `names of Systems Manager's parameters, like /ec/web/image or /ec/*`), func(s Settings) string { return s.Parameter("*") }},
	{"build_images", oneOf(func(s *Settings, v string) { s.BuildImages = v == "true" }, "true", "false"), always("false")},
	{"builder_subnets", each(func(s *Settings) *[]string { return &s.BuilderSubnets }, subnet, subnetLike), always("")},
	{"in_place_templates", each(func(s *Settings) *[]string { return &s.InPlaceTemplates }, `^lt-[0-9a-f]{8,17}$`, "ids like lt-0123456789abcdef0"), always("")},
	{"vpc", optional(func(s *Settings) *string { return &s.VPC }, `^vpc-[0-9a-f]{8,17}$`, "an id like vpc-0123456789abcdef0"), always("")},
	{"subnets", each(func(s *Settings) *[]string { return &s.Subnets }, subnet, subnetLike), always("")},
	{"load_balancer_subnets", each(func(s *Settings) *[]string { return &s.LoadBalancerSubnets }, subnet, subnetLike), always("")},
	{"recover", oneOf(func(s *Settings, v string) { s.Recover = Recover(v) }, string(RecoverStart), string(RecoverTell)), always(string(RecoverStart))},
	{"running_seconds", func(s *Settings, value string) (err error) {
		s.RunningSeconds, err = strconv.Atoi(value)
		if err != nil || s.RunningSeconds < 900 {
			return fmt.Errorf("%q: give a number of seconds, at least 900", value)
		}
		return nil
	}, always("14400")},
	{"reserve", oneOf(func(s *Settings, v string) { s.Reserve = v == "true" }, "true", "false"), always("true")},
	{"log_execution_data", oneOf(func(s *Settings, v string) { s.LogExecutionData = v == "true" }, "true", "false"), always("false")},
	{"log_key", optional(func(s *Settings) *string { return &s.LogKey }, `^arn:[\w-]+:kms:[\w-]+:\d{12}:key/[\w-]+$`, "the ARN of a KMS key"), always("")},
	{"certificate", optional(func(s *Settings) *string { return &s.Certificate }, `^arn:[\w-]+:(acm:[\w-]+:\d{12}:certificate|iam::\d{12}:server-certificate)/[\w/.+=,@-]+$`,
		"the ARN of a certificate of ACM or IAM"), always("")},
	{"permissions_boundary", optional(func(s *Settings) *string { return &s.PermissionsBoundary }, `^arn:[\w-]+:iam::(\d{12}|aws):policy/[\w/.+=,@-]+$`,
		"the ARN of a managed policy"), always("")},
	{"function_subnets", each(func(s *Settings) *[]string { return &s.FunctionSubnets }, subnet, subnetLike), always("")},
	{"function_security_groups", each(func(s *Settings) *[]string { return &s.FunctionSecurityGroups }, `^sg-[0-9a-f]{8,17}$`, "ids like sg-0123456789abcdef0"), always("")},
	{"source", oneOf(func(s *Settings, v string) { s.Source = Source(v) },
		string(SourceCodeCommit), string(SourceConnection), string(SourceS3)), always(string(SourceCodeCommit))},
	{"repository", optional(func(s *Settings) *string { return &s.Repository }, `^[\w.-]+(/[\w.-]+)?$`,
		"a repository's name (owner/name behind a connection), or a bucket's"), Settings.Pipeline},
	{"branch", optional(func(s *Settings) *string { return &s.Branch }, `^[^\s~^:?*\[\\]+$`, "a branch's name like main"), always("main")},
	{"connection", optional(func(s *Settings) *string { return &s.Connection }, `^arn:[\w-]+:code(star-)?connections:[\w-]+:\d{12}:connection/[\w-]+$`,
		"the ARN of a CodeConnections connection"), always("")},
	{"key", optional(func(s *Settings) *string { return &s.Key }, `^[^\s].*\.zip$`, "the key of a zip file like bluegreen/input.zip"), always("")},
	{"input", optional(func(s *Settings) *string { return &s.Input }, `^[\w.-]+(/[\w.-]+)*\.json$`, "a path inside the source like pipeline/state_machine_input.json"),
		always("state_machine_input.json")},
	{"machine", oneOf(func(s *Settings, v string) { s.Deploys = deploy.Machine(v) }, string(deploy.BlueGreen), string(deploy.InPlace)), always(string(deploy.BlueGreen))},
	{"starts", oneOf(func(s *Settings, v string) { s.Starts = Starts(v) }, string(StartsAlias), string(StartsMachine)), always(string(StartsAlias))},
	{"approval", oneOf(func(s *Settings, v string) { s.Approval = v == "true" }, "true", "false"), always("false")},
	{"guardrails", optional(func(s *Settings) *string { return &s.Guardrails }, `.`, "a folder"), always("../layers/guardrails")},
	{"build", optional(func(s *Settings) *string { return &s.Build }, `.`, "a folder"), always("../build/linux_arm64")},
}

const (
	subnet     = `^subnet-[0-9a-f]{8,17}$`
	subnetLike = "ids like subnet-0123456789abcdef0"
)

// unremembered are the keys that Settings.Given leaves out.
var unremembered = []string{"project", "role", "environment", "operator_email", "build"}

// Keys are the context keys that Read knows, in the order of the documentation.
func Keys() []string {
	var keys []string
	for _, f := range fields {
		keys = append(keys, f.key)
	}
	return keys
}

// parameter is how a context key looks that can be one of ours; those of CDK itself hold a colon.
var parameter = regexp.MustCompile(`^[a-z]+(_[a-z]+)*$`)

// Unknown is the error for context keys that look like parameters and are none: a misspelt one would silently leave the
// default in its place.
func Unknown(keys []string) error {
	var problems []error
	for _, key := range slices.Sorted(slices.Values(keys)) {
		if known := Keys(); parameter.MatchString(key) && !slices.Contains(known, key) {
			problems = append(problems, fmt.Errorf("%s: there is no such parameter: did you mean %s? (known: %s)",
				key, form.Nearest(key, known), strings.Join(known, ", ")))
		}
	}
	return errors.Join(problems...)
}

// Read takes the settings from CDK's context. The error names every bad value at once: its key, what is wrong and what
// would be right.
func Read(context Context) (Settings, error) {
	var s Settings
	var problems []error
	for _, f := range fields {
		value, err := text(context(f.key))
		byDefault := f.def(s)
		if err == nil && value == "" {
			value = byDefault
		}
		if value != byDefault && !slices.Contains(unremembered, f.key) {
			s.Given = append(s.Given, f.key)
		}
		if err == nil {
			err = f.set(&s, value)
		}
		if err != nil {
			problems = append(problems, fmt.Errorf("%s: %w", f.key, err))
		}
	}
	problems = append(problems, s.together()...)
	return s, errors.Join(problems...)
}

// together finds values that are right alone and wrong together.
func (s Settings) together() []error {
	var problems []error
	add := func(format string, args ...any) { problems = append(problems, fmt.Errorf(format, args...)) }
	if n := len(s.Prefix()); n > longestPrefix {
		add("project, role, environment: %s has %d characters, and what is named after it would be too long for AWS: at most %d", s.Prefix(), n, longestPrefix)
	}
	if err := s.Scope().Check(); err != nil {
		add("fleets, fleet_roles, hosted_zones: %w", err)
	}
	switch {
	case s.VPC == "" && len(s.Subnets)+len(s.LoadBalancerSubnets) > 0:
		add("vpc: it is not set, but subnets are: name the VPC that they belong to, or none of them for the Network stack's")
	case s.VPC != "" && len(s.Subnets) < 2:
		add("subnets: an existing VPC takes at least two, in different zones, not %d", len(s.Subnets))
	case s.VPC != "" && len(s.LoadBalancerSubnets) < 2:
		add("load_balancer_subnets: an existing VPC takes at least two, in different zones, not %d", len(s.LoadBalancerSubnets))
	}
	if (len(s.FunctionSubnets) == 0) != (len(s.FunctionSecurityGroups) == 0) {
		add("function_subnets, function_security_groups: functions in a VPC take both, at least one each, not %d and %d", len(s.FunctionSubnets), len(s.FunctionSecurityGroups))
	}
	if s.Source == SourceConnection && s.Connection == "" {
		add("connection: source is connection: give the ARN of a CodeConnections connection")
	}
	if s.Source == SourceS3 && s.Key == "" {
		add("key: source is s3: give the key of the zip file that holds state_machine_input.json")
	}
	switch owned := strings.Contains(s.Repository, "/"); {
	case owned && s.Source != SourceConnection:
		add("repository: owner/name is for source connection, not %s: give the name alone, not %q", s.Source, s.Repository)
	case !owned && s.Source == SourceConnection:
		add("repository: source is connection: give owner/name, not %q", s.Repository)
	}
	return problems
}

// text is a context value as the command line gives it; cdk.json may hold lists and booleans as well.
func text(value any) (string, error) {
	switch v := value.(type) {
	case nil:
		return "", nil
	case string:
		return strings.TrimSpace(v), nil
	case bool:
		return fmt.Sprint(v), nil
	case []any:
		var items []string
		for _, item := range v {
			one, ok := item.(string)
			if !ok {
				return "", fmt.Errorf("the list holds %v: give strings", item)
			}
			items = append(items, one)
		}
		return strings.Join(items, ","), nil
	default:
		return "", fmt.Errorf("%v is a %T: give a string", v, v)
	}
}

func name(of func(*Settings) *string) func(*Settings, string) error {
	return optional(of, `^[a-z][a-z0-9-]*[a-z0-9]$`, "small letters, digits and inner hyphens, like mqagt")
}

func optional(of func(*Settings) *string, pattern, like string) func(*Settings, string) error {
	right := regexp.MustCompile(pattern)
	return func(s *Settings, value string) error {
		if value != "" && !right.MatchString(value) {
			return fmt.Errorf("%q: give %s", value, like)
		}
		*of(s) = value
		return nil
	}
}

func each(of func(*Settings) *[]string, pattern, like string) func(*Settings, string) error {
	right := regexp.MustCompile(pattern)
	return func(s *Settings, value string) error {
		var items []string
		for item := range strings.SplitSeq(value, ",") {
			item = strings.TrimSpace(item)
			if item == "" {
				continue
			}
			if !right.MatchString(item) {
				return fmt.Errorf("%q: give %s", item, like)
			}
			items = append(items, item)
		}
		*of(s) = items
		return nil
	}
}

// records reads <hosted zone>/<name>, separated by commas.
func records(s *Settings, value string) error {
	for item := range strings.SplitSeq(value, ",") {
		if item = strings.TrimSpace(item); item == "" {
			continue
		}
		record, err := deploy.ParseRecord(item)
		if err != nil {
			return err
		}
		s.Records = append(s.Records, record)
	}
	return nil
}

func oneOf(set func(*Settings, string), choices ...string) func(*Settings, string) error {
	return func(s *Settings, value string) error {
		if !slices.Contains(choices, value) {
			return fmt.Errorf("%q: give one of %s", value, strings.Join(choices, ", "))
		}
		set(s, value)
		return nil
	}
}

package lambdaentry

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"

	"bluegreen/internal/clock"
	"bluegreen/internal/deploy"
)

// The environment variables that a function is configured with.
const (
	LedgerTableVariable    = "LEDGER_TABLE"       // name of the ledger's table
	GuardrailsVariable     = "GUARDRAILS"         // path of the operators' guardrails; empty: the layer's, if there is a layer
	OperatorTopicVariable  = "OPERATOR_TOPIC"     // ARN of the SNS topic that people read; empty: nobody is told
	PipelineVariable       = "PIPELINE"           // name of the pipeline that starts deployments; empty: there is none
	EventBusVariable       = "EVENT_BUS"          // name of the EventBridge bus that programs read; empty: default
	FleetsVariable         = "FLEETS"             // the deployer's fleets, separated by commas: names, or prefixes with *; DescribeBlue's alone
	FleetRolesVariable     = "FLEET_ROLES"        // roles, with their paths, that the fleets' templates and hooks may name, as FLEETS
	BuildImagesVariable    = "BUILD_IMAGES"       // true: images may be built; all else: none
	BuilderSubnetsVariable = "BUILDER_SUBNETS"    // ids of the subnets that builders are launched in, separated by commas; empty: blue's
	InPlaceVariable        = "IN_PLACE_TEMPLATES" // ids of launch templates that may get versions, separated by commas; DescribeBlue's alone
	BuildLogsVariable      = "BUILD_LOGS"         // name of the log group of what builds write; empty: none
	RecordsVariable        = "HOSTED_ZONES"       // records that the functions may move, <hosted zone>/<name>, separated by commas; DescribeBlue's alone
	MachineVariable        = "STATE_MACHINE"      // ARN of the machine that deploys, or of an alias of it; StatusChange's alone
	RecoverVariable        = "RECOVER"            // start or tell; StatusChange's alone
)

// What becomes of an execution that was stopped, or died.
const (
	RecoverStart = "start" // another execution finishes or undoes what it left
	RecoverTell  = "tell"  // people are told, and start it themselves
)

// defaultGuardrails is where the layer puts them.
const defaultGuardrails = "/opt/guardrails.json"

// Environment is what a function is configured with.
type Environment struct {
	LedgerTable      string // DynamoDB table of records
	Guardrails       string // file with the operators' policy; empty: there is none
	OperatorTopic    string
	Pipeline         string // name of the one that starts deployments; empty: there is none
	EventBus         string
	Fleets           []string        // names of the deployer's groups, or prefixes with *; no others are suggested for a misspelt one
	FleetRoles       []string        // names, with their paths, of the roles that may be passed, or prefixes with *
	Records          []deploy.Record // that may be moved; nil: nobody has said so
	BuildImages      bool
	BuilderSubnets   []string
	InPlaceTemplates []string // ids of launch templates that may get versions
	BuildLogs        string
	Machine          string
	Recover          string
	Clock            clock.Clock // bounds what must not take long
	Log              io.Writer   // of the function: lines of text, and of JSON with metrics
}

// fromEnvironment reads the environment variables, and says which one is missing.
func fromEnvironment() (Environment, error) {
	env := Environment{
		LedgerTable:      os.Getenv(LedgerTableVariable),
		Guardrails:       guardrails(os.Getenv(GuardrailsVariable), defaultGuardrails),
		OperatorTopic:    os.Getenv(OperatorTopicVariable),
		Pipeline:         os.Getenv(PipelineVariable),
		EventBus:         cmp.Or(os.Getenv(EventBusVariable), "default"),
		Fleets:           listed(FleetsVariable),
		FleetRoles:       listed(FleetRolesVariable),
		BuildImages:      os.Getenv(BuildImagesVariable) == "true",
		BuilderSubnets:   listed(BuilderSubnetsVariable),
		InPlaceTemplates: listed(InPlaceVariable),
		BuildLogs:        os.Getenv(BuildLogsVariable),
		Machine:          os.Getenv(MachineVariable),
		Recover:          cmp.Or(os.Getenv(RecoverVariable), RecoverStart),
		Clock:            clock.NewScaled(1),
		Log:              os.Stdout,
	}
	var err error
	if env.Records, err = records(); err != nil {
		return env, fmt.Errorf("%s: %w", RecordsVariable, err)
	}
	if env.LedgerTable == "" {
		return env, fmt.Errorf("%s is not set: it must name the ledger's DynamoDB table", LedgerTableVariable)
	}
	if env.Recover != RecoverStart && env.Recover != RecoverTell {
		return env, fmt.Errorf("%s is %q: it must be %q or %q", RecoverVariable, env.Recover, RecoverStart, RecoverTell)
	}
	return env, nil
}

// listed are the parts of a variable that commas separate.
func listed(variable string) []string {
	return strings.FieldsFunc(os.Getenv(variable), func(r rune) bool { return r == ',' })
}

// records are those of the variable, of which there may be none; nil: it is not set.
func records() ([]deploy.Record, error) {
	if _, set := os.LookupEnv(RecordsVariable); !set {
		return nil, nil
	}
	all := []deploy.Record{}
	for _, text := range listed(RecordsVariable) {
		record, err := deploy.ParseRecord(text)
		if err != nil {
			return nil, err
		}
		all = append(all, record)
	}
	return all, nil
}

// guardrails is the file that the variable names, which must then exist; else the layer's, if there is a layer. A file
// that is there and cannot be looked at counts as there: nobody deploys without the guardrails that operators made.
func guardrails(named, layer string) string {
	if named != "" {
		return named
	}
	if _, err := os.Stat(layer); errors.Is(err, fs.ErrNotExist) {
		return ""
	}
	return layer
}

package asl

import (
	"regexp"
	"slices"
	"strings"
)

// integrations are the service integrations that are modelled, with the parameters that AWS takes.
var integrations = map[string][]string{
	"lambda:invoke": {"FunctionName", "Payload", "Qualifier", "InvocationType", "LogType", "ClientContext"},
	"sns:publish": {"TopicArn", "TargetArn", "PhoneNumber", "Message", "Subject", "MessageStructure", "MessageAttributes",
		"MessageDeduplicationId", "MessageGroupId"},
}

// integrationRequires are the parameters that must be there.
var integrationRequires = map[string][]string{"lambda:invoke": {"FunctionName"}, "sns:publish": {"Message"}}

const waitForTaskToken = ".waitForTaskToken"

var functionARN = regexp.MustCompile(`^arn:aws[a-z0-9-]*:lambda:[a-z0-9-]+:\d{12}:function:[A-Za-z0-9_-]+(:[A-Za-z0-9_$-]+)?$`)

func (p *parser) task(s *state, f *fields) {
	s.work(f)
	s.parameters = f.template("Parameters")
	f.refuse("tasks run with the role of the state machine", "Credentials")
	f.require("Resource")
	t := &taskFields{resource: f.text("Resource")}
	s.task = t
	t.timeout = f.seconds("TimeoutSeconds")
	t.heartbeat = f.seconds("HeartbeatSeconds")
	if t.heartbeat.number > 0 && t.timeout.number > 0 && t.heartbeat.number >= t.timeout.number {
		f.schema(f.at("HeartbeatSeconds"), "HeartbeatSeconds must be smaller than TimeoutSeconds")
	}
	if !f.has("Resource") || functionARN.MatchString(t.resource) {
		return
	}
	_, integration, isIntegration := strings.Cut(t.resource, ":states:::")
	if !isIntegration || !strings.HasPrefix(t.resource, "arn:aws") {
		p.add("INVALID_RESOURCE", f.at("Resource"), "Resource '%s' is not supported here: it must be the ARN of a Lambda function, or arn:aws:states:::lambda:invoke or arn:aws:states:::sns:publish, with .waitForTaskToken or without", t.resource)
		return
	}
	integration, t.waits = strings.CutSuffix(integration, waitForTaskToken)
	if _, ok := integrations[integration]; !ok {
		p.add("INVALID_RESOURCE", f.at("Resource"), "The integration '%s' is not supported here: only lambda:invoke and sns:publish are, with .waitForTaskToken or without", t.resource)
		return
	}
	t.service, t.action, _ = strings.Cut(integration, ":")
	p.integrationParameters(f, integration)
}

// integrationParameters checks the names of the parameters; what they hold is up to the service.
func (p *parser) integrationParameters(f *fields, integration string) {
	value, _ := f.object.get("Parameters")
	parameters, ok := value.(*object)
	if !ok {
		parameters = newObject()
		if f.has("Parameters") {
			f.schema(f.at("Parameters"), "Value must be an object")
			return
		}
	}
	given := make(map[string]bool)
	for _, m := range parameters.members {
		name := strings.TrimSuffix(m.name, ".$")
		given[name] = true
		if !slices.Contains(integrations[integration], name) {
			f.schema(f.at("Parameters"), "The field \"%s\" is not supported by Step Functions", name)
		}
	}
	for _, name := range integrationRequires[integration] {
		if !given[name] {
			f.schema(f.at("Parameters"), "The field \"%s\" is required but was missing", name)
		}
	}
}

// seconds reads TimeoutSeconds or HeartbeatSeconds, or its Path form.
func (f *fields) seconds(name string) seconds {
	f.exclusive(name, name+"Path")
	number := f.integer(name, 1, maxSeconds, 0)
	path, _ := f.reference(name+"Path", false)
	return seconds{number: number, path: path}
}

package ssm

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/ssm"

	"bluegreen/internal/localaws/wire"
)

// The patterns of the API model.
const (
	instanceIDPattern  = `(^i-(\w{8}|\w{17})$)|(^mi-\w{17}$)`
	concurrencyPattern = `^([1-9][0-9]*|[1-9][0-9]%|[1-9]%|100%)$`
	errorsPattern      = `^([1-9][0-9]*|[0]|[1-9][0-9]%|[0-9]%|100%)$`
)

var (
	instanceID  = regexp.MustCompile(instanceIDPattern)
	concurrency = regexp.MustCompile(concurrencyPattern)
	maxErrors   = regexp.MustCompile(errorsPattern)
)

// broken collects what an input breaks of the API model's constraints.
type broken []string

func (b *broken) length(n, least, most int, value, member string) {
	switch {
	case n > most:
		*b = append(*b, fmt.Sprintf("Value '%s' at '%s' failed to satisfy constraint: Member must have length less than or equal to %d", value, member, most))
	case n < least:
		*b = append(*b, fmt.Sprintf("Value '%s' at '%s' failed to satisfy constraint: Member must have length greater than or equal to %d", value, member, least))
	}
}

func (b *broken) between(value *int32, least, most int32, member string) {
	switch {
	case value == nil:
	case *value > most:
		*b = append(*b, fmt.Sprintf("Value '%d' at '%s' failed to satisfy constraint: Member must have value less than or equal to %d", *value, member, most))
	case *value < least:
		*b = append(*b, fmt.Sprintf("Value '%d' at '%s' failed to satisfy constraint: Member must have value greater than or equal to %d", *value, member, least))
	}
}

func (b *broken) pattern(value *string, pattern *regexp.Regexp, member string) {
	if value != nil && !pattern.MatchString(*value) {
		*b = append(*b, fmt.Sprintf("Value '%s' at '%s' failed to satisfy constraint: Member must satisfy regular expression pattern: %s",
			*value, member, pattern))
	}
}

func (b *broken) instanceIDs(ids []string) {
	list := "[" + strings.Join(ids, ", ") + "]"
	b.length(len(ids), 0, 50, list, "instanceIds")
	for _, id := range ids {
		if !instanceID.MatchString(id) {
			*b = append(*b, fmt.Sprintf("Value '%s' at 'instanceIds' failed to satisfy constraint: Member must satisfy constraint: "+
				"[Member must satisfy regular expression pattern: %s]", list, instanceIDPattern))
			return
		}
	}
}

func (b *broken) commandID(id *string) {
	if id != nil {
		b.length(len(*id), 36, 36, *id, "commandId")
	}
}

// err is the validation error, or nil.
func (b broken) err() error {
	if len(b) == 0 {
		return nil
	}
	plural := ""
	if len(b) > 1 {
		plural = "s"
	}
	return wire.Errorf("ValidationException", "%d validation error%s detected: %s", len(b), plural, strings.Join(b, "; "))
}

func checkSend(in *sdk.SendCommandInput) error {
	var b broken
	b.instanceIDs(in.InstanceIds)
	b.length(len(in.Targets), 0, 5, "targets", "targets")
	for n, target := range in.Targets {
		b.length(len(target.Values), 0, 50, "["+strings.Join(target.Values, ", ")+"]", fmt.Sprintf("targets.%d.member.values", n+1))
	}
	b.between(in.TimeoutSeconds, 30, 2592000, "timeoutSeconds")
	b.length(len(aws.ToString(in.Comment)), 0, 100, aws.ToString(in.Comment), "comment")
	b.pattern(in.MaxConcurrency, concurrency, "maxConcurrency")
	b.pattern(in.MaxErrors, maxErrors, "maxErrors")
	if err := b.err(); err != nil {
		return err
	}
	seen := map[string]bool{}
	for _, id := range in.InstanceIds {
		if seen[id] {
			return wire.Errorf("DuplicateInstanceId", "")
		}
		seen[id] = true
	}
	return nil
}

// document is the one document that is modelled: a public one of Amazon's, that runs lines as a shell script.
const document = "AWS-RunShellScript"

// order is what a request asks AWS-RunShellScript to do.
type order struct {
	script    string
	execution time.Duration
}

// readOrder reads the parameters of AWS-RunShellScript: commands, required; executionTimeout, 3600 seconds by default
// and at most 172800 (48 hours); workingDirectory.
func readOrder(in *sdk.SendCommandInput) (order, error) {
	if *in.DocumentName != document && !strings.HasSuffix(*in.DocumentName, ":document/"+document) {
		return order{}, wire.Errorf("InvalidDocument", "Document with name %s does not exist.", *in.DocumentName)
	}
	switch aws.ToString(in.DocumentVersion) {
	case "", "1", "$DEFAULT", "$LATEST":
	default:
		return order{}, wire.Errorf("InvalidDocumentVersion", "")
	}
	o := order{execution: time.Hour}
	wrong := wire.Errorf("InvalidParameters", "Parameters provided in document are invalid or not supported.")
	for name, values := range in.Parameters {
		switch {
		case name == "commands" && len(values) > 0:
			o.script = strings.Join(values, "\n")
		case name == "executionTimeout" && len(values) == 1:
			seconds, err := strconv.Atoi(values[0])
			if err != nil || seconds < 1 || seconds > 172800 {
				return order{}, wrong
			}
			o.execution = time.Duration(seconds) * time.Second
		case name == "workingDirectory" && len(values) == 1:
		default:
			return order{}, wrong
		}
	}
	if len(in.Parameters["commands"]) == 0 {
		return order{}, wrong
	}
	if directory := in.Parameters["workingDirectory"]; len(directory) == 1 && directory[0] != "" {
		// The agent starts the shell there; it does not start it in a directory that does not exist.
		o.script = "cd -- '" + strings.ReplaceAll(directory[0], "'", `'\''`) + "' || exit 1\n" + o.script
	}
	return o, nil
}

package events

import (
	"encoding/json"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge/types"

	"bluegreen/internal/localaws/wire"
)

// maxEntries is how many events one call may put; maxEntry the size of one in bytes (aws-facts C1: 1 MB since 2026-01-29).
const (
	maxEntries = 10
	maxEntry   = 1 << 20
)

// putEvents takes events of the account's own applications, each on its own.
func (b *Buses) putEvents(_ *wire.Call, in *eventbridge.PutEventsInput) (*eventbridge.PutEventsOutput, error) {
	if len(in.Entries) > maxEntries {
		return nil, invalid("1 validation error detected: Value '[PutEventsRequestEntry]' at 'entries' failed to satisfy constraint: "+
			"Member must have length less than or equal to %d", maxEntries)
	}
	for _, entry := range in.Entries {
		if err := b.bus(entry.EventBusName); err != nil {
			return nil, err
		}
		if len(aws.ToString(entry.Detail)) > maxEntry {
			return nil, invalid("Total size of the entries in the request is over the limit.")
		}
	}
	out := &eventbridge.PutEventsOutput{}
	for _, entry := range in.Entries {
		if code, message := refusal(entry); code != "" {
			out.FailedEntryCount++
			out.Entries = append(out.Entries, types.PutEventsResultEntry{ErrorCode: &code, ErrorMessage: &message})
			continue
		}
		e := b.put(entry)
		out.Entries = append(out.Entries, types.PutEventsResultEntry{EventId: &e.ID})
	}
	return out, nil
}

func (b *Buses) put(entry types.PutEventsRequestEntry) *event {
	at := b.account.Now()
	if entry.Time != nil {
		at = *entry.Time
	}
	e := &event{
		Version: "0", ID: b.account.UUID(), DetailType: *entry.DetailType, Source: *entry.Source, Account: b.account.ID,
		Region: b.account.Region, Time: at.UTC().Format(timeFormat), Resources: entry.Resources, Detail: json.RawMessage(*entry.Detail),
	}
	b.accept(e)
	return e
}

// refusal is why an entry is not taken; "" when it is.
func refusal(entry types.PutEventsRequestEntry) (code, message string) {
	for _, required := range []struct {
		name  string
		value *string
	}{{"Source", entry.Source}, {"DetailType", entry.DetailType}, {"Detail", entry.Detail}} {
		if aws.ToString(required.value) == "" {
			return "InvalidArgument", "Parameter " + required.name + " is not valid. Reason: " + required.name + " is a required argument."
		}
	}
	var detail map[string]json.RawMessage
	switch {
	case json.Unmarshal([]byte(*entry.Detail), &detail) != nil || detail == nil:
		return "MalformedDetail", "Detail is malformed."
	case strings.HasPrefix(*entry.Source, "aws."):
		return "NotAuthorizedForSourceException", "Not authorized for the source."
	}
	return "", ""
}

// testEventPattern matches a pattern with an event that has what every event has.
func (b *Buses) testEventPattern(_ *wire.Call, in *eventbridge.TestEventPatternInput) (*eventbridge.TestEventPatternOutput, error) {
	compiled, err := compile(*in.EventPattern)
	if err != nil {
		return nil, err
	}
	document, err := decode([]byte(*in.Event))
	if err != nil {
		return nil, invalid("Parameter Event is not valid.")
	}
	for _, required := range []string{"id", "account", "source", "time", "region", "resources", "detail-type"} {
		if _, ok := document[required]; !ok {
			return nil, invalid("Parameter Event is not valid. Reason: Provided Event is missing required field %s.", required)
		}
	}
	return &eventbridge.TestEventPatternOutput{Result: compiled.matches(document)}, nil
}

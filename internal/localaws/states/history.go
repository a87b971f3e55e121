package states

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"

	"github.com/aws/aws-sdk-go-v2/service/sfn"
	"github.com/aws/aws-sdk-go-v2/service/sfn/types"

	"bluegreen/internal/asl"
	"bluegreen/internal/localaws/wire"
)

func (m *Machines) getExecutionHistory(_ *wire.Call, in *sfn.GetExecutionHistoryInput) (*sfn.GetExecutionHistoryOutput, error) {
	e, err := m.findExecution(*in.ExecutionArn)
	if err != nil {
		return nil, err
	}
	events := e.run.History()
	if in.ReverseOrder {
		events = slices.Clone(events)
		slices.Reverse(events)
	}
	page, next, err := paginate(events, in.MaxResults, in.NextToken)
	if err != nil {
		return nil, err
	}
	out := &sfn.GetExecutionHistoryOutput{Events: make([]types.HistoryEvent, len(page)), NextToken: next}
	for i, event := range page {
		if err := convert(event, &out.Events[i]); err != nil {
			return nil, err
		}
		if in.IncludeExecutionData != nil && !*in.IncludeExecutionData {
			withoutData(&out.Events[i])
		}
	}
	return out, nil
}

// convert makes the SDK's event of an interpreter's: both have the API's member names.
func convert(event asl.Event, to *types.HistoryEvent) error {
	text, err := json.Marshal(event)
	if err == nil {
		err = json.Unmarshal(text, to)
	}
	if err != nil {
		return fmt.Errorf("event %d of type %s: %w", event.ID, event.Type, err)
	}
	return nil
}

// withoutData takes the documents out of an event.
func withoutData(event *types.HistoryEvent) {
	v := reflect.ValueOf(event).Elem()
	for i := range v.NumField() {
		details := v.Field(i)
		if details.Kind() != reflect.Pointer || details.IsNil() || details.Elem().Kind() != reflect.Struct {
			continue
		}
		for _, member := range []string{"Input", "Output", "Parameters", "AssignedVariables"} {
			if field := details.Elem().FieldByName(member); field.IsValid() {
				field.SetZero()
			}
		}
	}
}

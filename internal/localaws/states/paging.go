package states

import (
	"encoding/base64"
	"strconv"

	"github.com/aws/aws-sdk-go-v2/service/sfn"
	"github.com/aws/aws-sdk-go-v2/service/sfn/types"

	"bluegreen/internal/localaws/wire"
)

const (
	defaultPage = 100  // SDK, maxResults
	maxPage     = 1000 // the same
)

// listActivities: no operation of the model makes one.
func (m *Machines) listActivities(_ *wire.Call, in *sfn.ListActivitiesInput) (*sfn.ListActivitiesOutput, error) {
	none, next, err := paginate([]types.ActivityListItem{}, in.MaxResults, in.NextToken)
	return &sfn.ListActivitiesOutput{Activities: none, NextToken: next}, err
}

// listMapRuns: only distributed maps have runs, and the model's interpreter refuses those.
func (m *Machines) listMapRuns(_ *wire.Call, in *sfn.ListMapRunsInput) (*sfn.ListMapRunsOutput, error) {
	if _, err := m.findExecution(*in.ExecutionArn); err != nil {
		return nil, err
	}
	none, next, err := paginate([]types.MapRunListItem{}, in.MaxResults, in.NextToken)
	return &sfn.ListMapRunsOutput{MapRuns: none, NextToken: next}, err
}

// paginate cuts the page that token asks for out of items.
func paginate[T any](items []T, maxResults int32, token *string) (page []T, next *string, err error) {
	size := int(maxResults)
	switch {
	case size == 0:
		size = defaultPage
	case size > maxPage:
		return nil, nil, wire.Errorf("ValidationException", "1 validation error detected: Value '%d' at 'maxResults' failed to satisfy "+
			"constraint: Member must have value less than or equal to %d", size, maxPage)
	case size < 0:
		return nil, nil, wire.Errorf("ValidationException", "1 validation error detected: Value '%d' at 'maxResults' failed to satisfy "+
			"constraint: Member must have value greater than or equal to 0", size)
	}
	from := 0
	if token != nil {
		text, err := base64.StdEncoding.DecodeString(*token)
		if err == nil {
			from, err = strconv.Atoi(string(text))
		}
		if err != nil || from < 0 || from > len(items) {
			return nil, nil, wire.Errorf("InvalidToken", "Invalid Token: 'Invalid token'")
		}
	}
	to := min(from+size, len(items))
	if to < len(items) {
		text := base64.StdEncoding.EncodeToString([]byte(strconv.Itoa(to)))
		next = &text
	}
	// A list without items is sent as an empty list, as AWS does.
	return append([]T{}, items[from:to]...), next, nil
}

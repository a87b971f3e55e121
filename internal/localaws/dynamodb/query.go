package dynamodb

import (
	"errors"
	"slices"
	"time"

	sdk "github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"bluegreen/internal/localaws/wire"
)

// reading is what a query and a scan have in common.
type reading struct {
	table    *table
	at       time.Time // whose state is read
	wanted   func(item) bool
	filter   condition
	paths    []path
	limit    *int32
	start    item
	backward bool
	count    bool // only count
}

// result is a page of a query or scan.
type result struct {
	items   []map[string]types.AttributeValue
	matched int32
	scanned int32
	last    item
}

// maxPage is how much a query or scan reads at most, in bytes, before the filter.
const maxPage = 1 << 20

// read reads a page.
func (r *reading) read() (*result, error) {
	if r.limit != nil && *r.limit < 1 {
		return nil, invalid("1 validation error detected: Value '%d' at 'limit' failed to satisfy constraint: Member must have value greater than or equal to 1", *r.limit)
	}
	keys := r.table.sortedKeys()
	if r.backward {
		slices.Reverse(keys)
	}
	if r.start != nil {
		from, err := r.after(keys)
		if err != nil {
			return nil, err
		}
		keys = keys[from:]
	}
	page, size := &result{}, 0
	for _, key := range keys {
		attributes := r.table.records[key].then(r.at)
		if attributes == nil || !r.wanted(attributes) {
			continue
		}
		page.scanned++
		size += itemSize(attributes)
		if r.filter == nil || r.filter.holds(attributes) {
			page.matched++
			if !r.count {
				page.items = append(page.items, project(attributes, r.paths))
			}
		}
		// As AWS does, a full page names its last key even if nothing follows.
		if (r.limit != nil && page.scanned == *r.limit) || size >= maxPage {
			page.last = r.table.keyAttributes(attributes)
			break
		}
	}
	if !r.count && page.items == nil {
		page.items = []map[string]types.AttributeValue{}
	}
	return page, nil
}

// after finds where keys go on after the start key, whose item need not exist any more.
func (r *reading) after(keys []string) (int, error) {
	start, place, err := r.table.givenKey(r.start)
	var bare *wire.Error
	var bad *badNumber
	switch {
	case errors.As(err, &bad):
		return 0, bad
	case errors.As(err, &bare):
		return 0, invalid("The provided starting key is invalid: %s", bare.Message)
	}
	if i := slices.Index(keys, place); i >= 0 {
		return i + 1, nil
	}
	for i, key := range keys {
		other := r.table.anyVersion(key)
		order := compareKeys(r.table, other, start)
		if (order > 0) != r.backward {
			return i, nil
		}
	}
	return len(keys), nil
}

func compareKeys(t *table, a, b item) int {
	if x, y := scalarText(a[t.hash]), scalarText(b[t.hash]); x != y {
		if x < y {
			return -1
		}
		return 1
	}
	order, _ := compare(a[t.sort], b[t.sort])
	return order
}

// onlyCount reads the Select parameter.
func onlyCount(wanted types.Select, projected bool) (bool, error) {
	switch wanted {
	case "", types.SelectAllAttributes:
		if wanted != "" && projected {
			return false, invalid("Cannot specify the ProjectionExpression when choosing to get ALL_ATTRIBUTES")
		}
		return false, nil
	case types.SelectCount:
		if projected {
			return false, invalid("Cannot specify the ProjectionExpression when choosing to get only the Count")
		}
		return true, nil
	case types.SelectSpecificAttributes:
		if !projected {
			return false, invalid("Must specify the AttributesToGet or ProjectionExpression when choosing to get SPECIFIC_ATTRIBUTES")
		}
		return false, nil
	}
	return false, invalid("ALL_PROJECTED_ATTRIBUTES can be used only when Querying using an IndexName")
}

func (t *Tables) query(_ *wire.Call, in *sdk.QueryInput) (*sdk.QueryOutput, error) {
	keys, filtering, projecting := source{"KeyConditionExpression", in.KeyConditionExpression},
		source{"FilterExpression", in.FilterExpression}, source{"ProjectionExpression", in.ProjectionExpression}
	if keys.text == nil {
		return nil, invalid("Either the KeyConditions or KeyConditionExpression parameter must be specified in the request.")
	}
	s, err := newScope(in.ExpressionAttributeNames, in.ExpressionAttributeValues, filtering, keys, projecting)
	if err != nil {
		return nil, err
	}
	c, err := s.condition(keys)
	if err != nil {
		return nil, err
	}
	r := &reading{limit: in.Limit, start: in.ExclusiveStartKey, backward: in.ScanIndexForward != nil && !*in.ScanIndexForward}
	if err := r.parse(s, filtering, projecting, in.Select); err != nil {
		return nil, err
	}
	if r.table, err = t.open(in.TableName); err != nil {
		return nil, err
	}
	k, err := r.table.keyCondition(c)
	if err != nil {
		return nil, err
	}
	if r.filter != nil {
		if name := r.table.touchesKey(r.filter); name != "" {
			return nil, invalid("Filter Expression can only contain non-primary key attributes: Primary key attribute: %s", name)
		}
	}
	r.at = t.view(in.ConsistentRead)
	r.wanted = func(attributes item) bool {
		return equal(attributes[r.table.hash], k.partition) && (k.sort == nil || k.sort.holds(attributes))
	}
	page, err := r.read()
	if err != nil {
		return nil, err
	}
	return &sdk.QueryOutput{Items: page.items, Count: page.matched, ScannedCount: page.scanned, LastEvaluatedKey: page.last}, nil
}

// parse reads what filters and cuts the items of a page.
func (r *reading) parse(s *scope, filtering, projecting source, wanted types.Select) (err error) {
	if r.filter, err = s.condition(filtering); err != nil {
		return err
	}
	if r.paths, err = s.projection(projecting); err != nil {
		return err
	}
	if err = s.unused(); err != nil {
		return err
	}
	r.count, err = onlyCount(wanted, r.paths != nil)
	return err
}

func (t *Tables) scan(_ *wire.Call, in *sdk.ScanInput) (*sdk.ScanOutput, error) {
	filtering, projecting := source{"FilterExpression", in.FilterExpression}, source{"ProjectionExpression", in.ProjectionExpression}
	s, err := newScope(in.ExpressionAttributeNames, in.ExpressionAttributeValues, filtering, projecting)
	if err != nil {
		return nil, scanned(err)
	}
	r := &reading{limit: in.Limit, start: in.ExclusiveStartKey, wanted: func(item) bool { return true }}
	if err := r.parse(s, filtering, projecting, in.Select); err != nil {
		return nil, err
	}
	if r.table, err = t.open(in.TableName); err != nil {
		return nil, err
	}
	r.at = t.view(in.ConsistentRead)
	page, err := r.read()
	if err != nil {
		return nil, err
	}
	return &sdk.ScanOutput{Items: page.items, Count: page.matched, ScannedCount: page.scanned, LastEvaluatedKey: page.last}, nil
}

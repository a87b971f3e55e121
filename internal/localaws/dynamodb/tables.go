// Package dynamodb models Amazon DynamoDB: tables, items, and the expression language of conditions and updates. Reads
// that are not consistent may show the past.
package dynamodb

import (
	"regexp"
	"sort"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"bluegreen/internal/localaws/account"
	"bluegreen/internal/localaws/wire"
)

// Settings are the figures of the time model.
type Settings struct {
	// ReplicaLag is how far behind an eventually consistent read may be. The developer guide says that replicas agree
	// usually within a second.
	ReplicaLag account.Duration
	// Creation is how long a new table is CREATING, and Deletion how long a deleted one is DELETING. AWS publishes no
	// figures; SDK waiters poll every 20 s, and a table on demand is seen ACTIVE within about ten.
	Creation account.Duration
	Deletion account.Duration
}

// DefaultSettings are the figures of an ordinary day.
func DefaultSettings() Settings {
	return Settings{
		ReplicaLag: account.Duration{Min: 0, Max: time.Second},
		Creation:   account.Duration{Min: 4 * time.Second, Max: 10 * time.Second},
		Deletion:   account.Duration{Min: 3 * time.Second, Max: 8 * time.Second},
	}
}

// Tables are the tables of one account.
type Tables struct {
	account  *account.Account
	settings Settings
	tables   map[string]*table
}

// New returns an account without tables.
func New(acct *account.Account, settings Settings) *Tables {
	return &Tables{account: acct, settings: settings, tables: map[string]*table{}}
}

type table struct {
	name, arn, id string
	hash, sort    string            // key attributes; sort may be ""
	kinds         map[string]string // type of each key attribute: S, N or B
	definitions   []types.AttributeDefinition
	keys          []types.KeySchemaElement
	tags          []types.Tag
	status        types.TableStatus
	created       time.Time
	protected     bool
	records       map[string]*record
}

// record is an item with its past, as far as a lagging read may still see it.
type record struct {
	versions []version // the oldest first; the last is the present
}

// version is what an item was from at on; nil is none.
type version struct {
	at         time.Time
	attributes item
}

// now is the item as it is.
func (r *record) now() item {
	if r == nil || len(r.versions) == 0 {
		return nil
	}
	return r.versions[len(r.versions)-1].attributes
}

// then is the item as it was at time at.
func (r *record) then(at time.Time) item {
	if r == nil {
		return nil
	}
	for i := len(r.versions) - 1; i >= 0; i-- {
		if !r.versions[i].at.After(at) {
			return r.versions[i].attributes
		}
	}
	return nil
}

// write makes attributes the present of the item at key; nil deletes it. What no read can see any more is forgotten.
func (t *Tables) write(in *table, key string, attributes item) {
	now := t.account.Now()
	r := in.records[key]
	if r == nil {
		r = &record{}
		in.records[key] = r
	}
	r.versions = append(r.versions, version{now, attributes})
	horizon := now.Add(-max(t.settings.ReplicaLag.Min, t.settings.ReplicaLag.Max))
	for len(r.versions) > 1 && !r.versions[1].at.After(horizon) {
		r.versions = r.versions[1:]
	}
	if len(r.versions) == 1 && attributes == nil {
		delete(in.records, key)
	}
}

// view is the time whose state a read sees.
func (t *Tables) view(consistent *bool) time.Time {
	if aws.ToBool(consistent) {
		return t.account.Now()
	}
	return t.account.Now().Add(-t.account.Draw(t.settings.ReplicaLag))
}

// named finds a table by name or ARN, whatever its status.
func (t *Tables) named(nameOrARN *string) (*table, bool) {
	name := aws.ToString(nameOrARN)
	if rest, ok := strings.CutPrefix(name, t.account.ARN("dynamodb", "table/")); ok {
		name = rest
	}
	found, ok := t.tables[name]
	return found, ok
}

// open finds a table whose items can be read and written.
func (t *Tables) open(nameOrARN *string) (*table, error) {
	found, ok := t.named(nameOrARN)
	if !ok || found.status != types.TableStatusActive {
		return nil, wire.Errorf("ResourceNotFoundException", "Requested resource not found")
	}
	return found, nil
}

// sorted are the names of all tables, in order.
func (t *Tables) sorted() []string {
	names := make([]string, 0, len(t.tables))
	for name := range t.tables {
		names = append(names, name)
	}
	sort.Strings(names)
	return names
}

var tableName = regexp.MustCompile(`^[a-zA-Z0-9_.-]+$`)

// Items are the items of a table as they are now, in the order of their keys; for those who look on in Go. The account's
// lock is held. The caller must not change them.
func (t *Tables) Items(tableName string) []map[string]types.AttributeValue {
	in := t.tables[tableName]
	if in == nil {
		return nil
	}
	var items []map[string]types.AttributeValue
	for _, key := range in.sortedKeys() {
		if attributes := in.records[key].now(); attributes != nil {
			items = append(items, attributes)
		}
	}
	return items
}

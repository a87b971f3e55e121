package deploy

import (
	"fmt"
	"slices"
	"strings"

	"bluegreen/internal/form"
)

// Record is a name in a hosted zone of Route 53, by which clients know the fleet.
type Record struct {
	Zone string `json:"zone"` // the hosted zone's id
	Name string `json:"name"` // in lower case, without a dot at its end
}

// String is the record as people write it.
func (r Record) String() string { return r.Name + " in " + r.Zone }

// Parameter is the record as the deployer's parameter hosted_zones has it.
func (r Record) Parameter() string { return r.Zone + "/" + r.Name }

// ParseRecord reads what Parameter writes. The error says what is wrong with it.
func ParseRecord(text string) (Record, error) {
	zone, name, _ := strings.Cut(text, "/")
	var r Record
	if !form.Take(map[string]any{"hosted_zone_id": zone, "name": name}, r.form()) {
		return r, fmt.Errorf("%q is no hosted zone's id and a name in it, such as Z0123456789ABCDEFGHIJ/shop.example.com", text)
	}
	return r, nil
}

// Parameters are records as the deployer's parameter hosted_zones has them.
func Parameters(records []Record) string {
	var all []string
	for _, r := range records {
		all = append(all, r.Parameter())
	}
	return strings.Join(all, ",")
}

// mostRecords is how many a request may name: each is in the document, with its types.
const mostRecords = 20

func (r *Record) form() form.Object {
	return form.Object{
		form.Required("hosted_zone_id", "The hosted zone that the record is in.", shaped(&r.Zone, `^Z[A-Z0-9]{1,31}$`, `a hosted zone's id, such as "Z0123456789ABCDEFGHIJ"`)),
		form.Required("name", "The record's name, with the zone's.", form.Shaped{
			Pattern: `^[A-Za-z0-9*_-]{1,63}(\.[A-Za-z0-9_-]{1,63})+\.?$`, Shape: `a name, such as "shop.example.com"`,
			Parse: func(s string) error {
				r.Name = strings.ToLower(strings.TrimSuffix(s, "."))
				if len(r.Name) > longestName {
					return fmt.Errorf("it has %d characters, of at most %d", len(r.Name), longestName)
				}
				return nil
			},
		}),
	}
}

// longestName is what DNS takes, without the dot at its end (RFC 1035).
const longestName = 253

// unmoved finds records that no strategy moves, a strategy without the records that it moves, and one that is named twice.
func (r *Request) unmoved(problems *form.Problems) {
	moves := r.Strategy.MovesRecords()
	switch {
	case len(r.Records) > 0 && !moves:
		problems.Add("$.traffic.records are moved by $.traffic.strategy %q: name that, or leave them out", strings.Join(movingRecords(), " or "))
	case moves && len(r.Records) == 0 && r.Action != ActionRollback && r.Action != ActionRecover:
		problems.Add(`$.traffic.records is missing: strategy %q moves records, so name them as {"hosted_zone_id", "name"}`, r.Strategy)
	}
	for i, record := range r.Records {
		if record.Name != "" && slices.Contains(r.Records[:i], record) {
			problems.Add("$.traffic.records[%d] is the same as one before it: name each record once, its types A and AAAA move together", i)
		}
	}
}

// Alias is a record set that is an alias of a load balancer.
type Alias struct {
	Record
	Type   string `json:"type"` // A or AAAA
	Target Target `json:"target"`

	To *Target `json:"to,omitempty"` // where it goes, once green's load balancer is there
}

// String is the record set as people, and the record, name it.
func (a Alias) String() string { return a.Type + " " + a.Record.String() }

// Target is what an alias stands for.
type Target struct {
	Name     string `json:"name"`               // a load balancer's, as Route 53 shows it: in lower case, with dualstack. before it or not, without a dot at its end
	Zone     string `json:"zone"`               // hosted zone of the load balancer's
	Evaluate bool   `json:"evaluate,omitempty"` // its health
}

// Were are the records that are to move, as they were.
func (d *Deployment) Were() []Alias {
	all := slices.Clone(d.Aliases)
	for i := range all {
		all[i].To = nil
	}
	return all
}

// dualstack stands before the name of a load balancer in aliases that the console makes (aws-facts I4).
const dualstack = "dualstack."

// Balancer is the DNS name of the load balancer that is meant.
func (t Target) Balancer() string { return strings.TrimPrefix(t.Name, dualstack) }

// To is the same alias of another load balancer, given its DNS name and its hosted zone.
func (t Target) To(balancer, zone string) Target {
	name := strings.ToLower(balancer)
	if strings.HasPrefix(t.Name, dualstack) {
		name = dualstack + name
	}
	return Target{Name: name, Zone: zone, Evaluate: t.Evaluate}
}

// String is the target's one form in the record.
func (t Target) String() string {
	evaluates := "without its health"
	if t.Evaluate {
		evaluates = "with its health"
	}
	return t.Name + " in " + t.Zone + ", " + evaluates
}

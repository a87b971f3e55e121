package route53

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/route53/types"
)

// aliasTTL is how long answers from an alias of a load balancer may be cached (aws-facts B).
const aliasTTL = 60 * time.Second

// Resolver resolves names as a client does: it asks one name server of a zone, and keeps the answer for its TTL, or for longer.
type Resolver struct {
	zones  *Zones
	server int
	hold   time.Duration // an answer is kept at least so long
	kept   map[string]answer
}

type answer struct {
	target string // DNS name of a load balancer, or a record's value
	until  time.Time
	failed error
}

// Resolver returns a resolver that has asked nothing yet. hold is how long it keeps an answer at least, whatever the TTL says:
// some clients cache for too long.
func (z *Zones) Resolver(hold time.Duration) *Resolver {
	return &Resolver{zones: z, server: int(z.account.Float() * servers), hold: hold, kept: make(map[string]answer)}
}

// Resolve is what a name stands for, of a type such as A: the DNS name of a load balancer that an alias has, without dualstack.,
// or a record's value. A name in no zone of the account stands for itself. The error says that there is no such record.
func (r *Resolver) Resolve(name string, kind types.RRType) (string, error) {
	key := normal(name) + " " + string(kind)
	now := r.zones.account.Now()
	if kept, ok := r.kept[key]; ok && now.Before(kept.until) {
		return kept.target, kept.failed
	}
	target, ttl, err := r.ask(normal(name), kind, 0)
	r.kept[key] = answer{target, now.Add(max(ttl, r.hold)), err}
	return target, err
}

// Answers are what a name stands for, of a type, at any of the name servers of its zone, each once: what clients may be answered now.
func (z *Zones) Answers(name string, kind types.RRType) []string {
	var all []string
	for server := range servers {
		r := Resolver{zones: z, server: server}
		if target, _, err := r.ask(normal(name), kind, 0); err == nil && !slices.Contains(all, target) {
			all = append(all, target)
		}
	}
	return all
}

// Kept is what a name stands for, of a type, as the resolver keeps it; empty: it would ask.
func (r *Resolver) Kept(name string, kind types.RRType) string {
	kept := r.kept[normal(name)+" "+string(kind)]
	if kept.failed != nil || !r.zones.account.Now().Before(kept.until) {
		return ""
	}
	return kept.target
}

// failureTTL is how long it is kept that there is no record: as a zone's SOA record says by default.
const failureTTL = 900 * time.Second

// mostSteps is how many names an answer goes through at most.
const mostSteps = 8

func (r *Resolver) ask(name string, kind types.RRType, steps int) (string, time.Duration, error) {
	x := r.zones.zoneOf(name)
	if x == nil {
		return strings.TrimPrefix(strings.TrimSuffix(name, "."), "dualstack."), aliasTTL, nil
	}
	set, ok := r.zones.choose(x.served[r.server], name, kind)
	if !ok {
		return "", failureTTL, fmt.Errorf("no record of %s, type %s", name, kind)
	}
	if steps > mostSteps {
		return "", failureTTL, fmt.Errorf("%s goes in a circle", name)
	}
	if alias := set.AliasTarget; alias != nil {
		target, ttl, err := r.ask(*alias.DNSName, kind, steps+1)
		return target, ttl, err
	}
	ttl := time.Duration(*set.TTL) * time.Second
	value := aws.ToString(set.ResourceRecords[int(r.zones.account.Float()*float64(len(set.ResourceRecords)))].Value)
	if set.Type != types.RRTypeCname {
		return value, ttl, nil
	}
	target, rest, err := r.ask(normal(value), kind, steps+1)
	return target, min(ttl, rest), err
}

// zoneOf is the zone that a name lies in: the one with the longest name.
func (z *Zones) zoneOf(name string) *zone {
	var found *zone
	for _, x := range z.zones {
		if within(name, x.name) && (found == nil || len(x.name) > len(found.name)) {
			found = x
		}
	}
	return found
}

// choose is the record set that a name server answers from: of several, one that is healthy, by the routing policy. If none is
// healthy, all count as healthy.
func (z *Zones) choose(sets []types.ResourceRecordSet, name string, kind types.RRType) (types.ResourceRecordSet, bool) {
	var found []types.ResourceRecordSet
	for _, set := range sets {
		if *set.Name == name && (set.Type == kind || set.Type == types.RRTypeCname) {
			found = append(found, set)
		}
	}
	if len(found) == 0 {
		return types.ResourceRecordSet{}, false
	}
	well := slices.DeleteFunc(slices.Clone(found), func(set types.ResourceRecordSet) bool { return !z.well(set) })
	if policyOf(found[0]) == weighted {
		return z.byWeight(found, well), true
	}
	if len(well) == 0 {
		well = found
	}
	if at := slices.IndexFunc(well, func(set types.ResourceRecordSet) bool { return set.Failover == types.ResourceRecordSetFailoverPrimary }); at >= 0 {
		return well[at], true
	}
	return well[0], true
}

// byWeight draws one of the healthy record sets by their weights; those with weight 0 only where no other is healthy
// (aws-facts I4).
func (z *Zones) byWeight(found, well []types.ResourceRecordSet) types.ResourceRecordSet {
	heavy := slices.DeleteFunc(slices.Clone(well), func(set types.ResourceRecordSet) bool { return *set.Weight == 0 })
	if len(heavy) > 0 {
		well = heavy
	}
	if len(well) == 0 {
		well = found
	}
	total := int64(0)
	for _, set := range well {
		total += *set.Weight
	}
	if total == 0 { // all have the same chance
		return well[int(z.account.Float()*float64(len(well)))]
	}
	at := z.account.Float() * float64(total)
	for _, set := range well {
		if at -= float64(*set.Weight); at < 0 {
			return set
		}
	}
	return well[len(well)-1]
}

// well reports whether an alias that evaluates the health of its target has a healthy one. The model has no health checks of
// Route 53's own.
func (z *Zones) well(set types.ResourceRecordSet) bool {
	alias := set.AliasTarget
	if alias == nil || !alias.EvaluateTargetHealth || z.healthy == nil || z.zoneOf(*alias.DNSName) != nil {
		return true
	}
	return z.healthy(strings.TrimPrefix(strings.TrimSuffix(*alias.DNSName, "."), "dualstack."))
}

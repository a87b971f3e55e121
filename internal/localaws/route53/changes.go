package route53

import (
	"fmt"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/route53"
	"github.com/aws/aws-sdk-go-v2/service/route53/types"

	"bluegreen/internal/localaws/account"
	"bluegreen/internal/localaws/wire"
)

// What one batch may hold: so many records, of which an UPSERT's count twice, and characters of their values (aws-facts I4).
const mostRecords, mostCharacters = 1000, 32_000

// changeRecordSets makes all the changes of a batch, in their order, or none.
func (z *Zones) changeRecordSets(_ *wire.Call, in *sdk.ChangeResourceRecordSetsInput) (*sdk.ChangeResourceRecordSetsOutput, error) {
	x, err := z.zone(in.HostedZoneId)
	if err != nil {
		return nil, err
	}
	if len(in.ChangeBatch.Changes) == 0 {
		return nil, invalid("1 validation error detected: Value '[]' at 'changeBatch.changes' failed to satisfy constraint: Member must have length greater than or equal to 1")
	}
	after := &batch{zone: x, region: z.account.Region, sets: slices.Clone(x.sets), most: z.settings}
	records, characters := 0, 0
	for _, change := range in.ChangeBatch.Changes {
		set, err := normalSet(change)
		if err != nil {
			return nil, err
		}
		times := 1
		if change.Action == types.ChangeActionUpsert {
			times = 2
		}
		records += times * max(1, len(set.ResourceRecords))
		for _, record := range set.ResourceRecords {
			characters += times * len(aws.ToString(record.Value))
		}
		after.apply(change.Action, set)
	}
	switch {
	case records > mostRecords:
		return nil, wire.Errorf("InvalidChangeBatch", "[Number of records limit of %d exceeded.]", mostRecords)
	case characters > mostCharacters:
		return nil, wire.Errorf("InvalidChangeBatch", "[Total size of record data limit of %d exceeded.]", mostCharacters)
	case len(after.wrong) > 0:
		return nil, wire.Errorf("InvalidChangeBatch", "[%s]", strings.Join(after.wrong, ", "))
	}
	x.sets = after.sets
	return &sdk.ChangeResourceRecordSetsOutput{ChangeInfo: z.submit(x, in.ChangeBatch.Comment)}, nil
}

// normalSet is a change's record set as it is kept. Errors (InvalidInput) are those of its form alone.
func normalSet(change types.Change) (types.ResourceRecordSet, error) {
	if change.ResourceRecordSet == nil || change.ResourceRecordSet.Name == nil || change.ResourceRecordSet.Type == "" {
		return types.ResourceRecordSet{}, invalid("Invalid request: a change needs a record set with a name and a type")
	}
	set := *change.ResourceRecordSet
	set.Name = aws.String(normal(*set.Name))
	where := fmt.Sprintf("Change with [Action=%s, Name=%s, Type=%s, SetIdentifier=%s]", change.Action, *set.Name, set.Type, orNull(set.SetIdentifier))
	plain := set.TTL != nil && len(set.ResourceRecords) > 0
	switch forms := 0; {
	case !slices.Contains(change.Action.Values(), change.Action):
		return set, invalid("Invalid request: %s is no action", change.Action)
	case set.TrafficPolicyInstanceId != nil:
		return set, wire.NotModelled("record sets of traffic policies")
	default:
		for _, has := range []bool{set.AliasTarget != nil, plain} {
			if has {
				forms++
			}
		}
		if forms != 1 || set.AliasTarget != nil && (set.TTL != nil || len(set.ResourceRecords) > 0) {
			found := map[bool]string{true: "more than one", false: "none"}[set.AliasTarget != nil]
			return set, invalid("Invalid request: Expected exactly one of [AliasTarget, all of [TTL, and ResourceRecords], or TrafficPolicyInstanceId], but found %s in %s", found, where)
		}
	}
	if alias := set.AliasTarget; alias != nil {
		kept := *alias
		kept.DNSName = aws.String(normal(aws.ToString(alias.DNSName)))
		set.AliasTarget = &kept
	}
	routed := policyOf(set) != simple
	switch {
	case routed && set.SetIdentifier == nil:
		return set, invalid("Invalid request: Missing field 'SetIdentifier' in %s", where)
	case !routed && set.SetIdentifier != nil:
		return set, invalid("Invalid request: Expected exactly one of [Weight, Region, Failover, GeoLocation, GeoProximityLocation, CidrRoutingConfig or MultiValueAnswer], but found none in %s", where)
	case set.Weight != nil && (*set.Weight < 0 || *set.Weight > 255):
		return set, invalid("Invalid request: The weight must be between 0 and 255 in %s", where)
	}
	return set, nil
}

func orNull(text *string) string {
	if text == nil {
		return "null"
	}
	return *text
}

// batch is a zone as a batch of changes makes it, and what is wrong with the changes.
type batch struct {
	zone   *zone
	region string // of the account
	most   Settings
	sets   []types.ResourceRecordSet
	wrong  []string
}

func (b *batch) refuse(format string, args ...any) {
	b.wrong = append(b.wrong, fmt.Sprintf(format, args...))
}

// apply makes one change, or says what is wrong with it.
func (b *batch) apply(action types.ChangeAction, set types.ResourceRecordSet) {
	if !within(*set.Name, b.zone.name) {
		b.refuse("RRSet with DNS name %s is not permitted in zone %s", *set.Name, b.zone.name)
		return
	}
	for _, p := range b.zone.protections {
		if *p.RecordName == *set.Name && p.RecordType == set.Type {
			b.refuse("The %s is protected: %s", position{*set.Name, string(set.Type), ""}, orNull(p.Comment))
			return
		}
	}
	at := slices.IndexFunc(b.sets, func(other types.ResourceRecordSet) bool { return positionOf(other) == positionOf(set) })
	switch {
	case action == types.ChangeActionDelete && at < 0:
		b.refuse("Tried to delete %s but it was not found", positionOf(set))
	case action == types.ChangeActionDelete && !same(b.sets[at], set):
		b.refuse("Tried to delete %s but the values provided do not match the current values", positionOf(set))
	case action == types.ChangeActionDelete && *set.Name == b.zone.name && (set.Type == types.RRTypeNs || set.Type == types.RRTypeSoa):
		b.refuse("A HostedZone must contain at least one %s record for the zone itself.", set.Type)
	case action == types.ChangeActionDelete:
		b.sets = slices.Delete(b.sets, at, at+1)
	case action == types.ChangeActionCreate && at >= 0:
		b.refuse("Tried to create %s but it already exists", positionOf(set))
	default:
		if at >= 0 {
			b.sets = slices.Delete(b.sets, at, at+1)
		}
		b.add(set)
	}
}

// add adds a record set, if it fits those that are there.
func (b *batch) add(set types.ResourceRecordSet) {
	if !b.fits(set) || !b.reaches(set) {
		return
	}
	at, _ := slices.BinarySearchFunc(b.sets, set, func(a, s types.ResourceRecordSet) int { return positionOf(a).compare(positionOf(s)) })
	b.sets = slices.Insert(b.sets, at, set)
	if len(b.sets) > b.most.MaxRecordSets {
		b.refuse("Number of record sets limit of %d exceeded", b.most.MaxRecordSets)
	}
}

// fits holds a record set against others of its name: a CNAME stands alone, and record sets of one name and type have one
// routing policy.
func (b *batch) fits(set types.ResourceRecordSet) bool {
	if set.Type == types.RRTypeCname && *set.Name == b.zone.name {
		b.refuse("RRSet of type CNAME with DNS name %s is not permitted at apex in zone %s", *set.Name, b.zone.name)
		return false
	}
	alike := 0
	for _, other := range b.sets {
		if *other.Name != *set.Name {
			continue
		}
		if other.Type != set.Type {
			if other.Type == types.RRTypeCname || set.Type == types.RRTypeCname {
				b.refuse("RRSet of type %s with DNS name %s is not permitted as it conflicts with other records with the same DNS name in zone %s", set.Type, *set.Name, b.zone.name)
				return false
			}
			continue
		}
		alike++
		switch was, now := policyOf(other), policyOf(set); {
		case now == simple:
			b.refuse("RRSet with DNS name %s, type %s cannot be created as other RRSets exist with the same name and type.", *set.Name, set.Type)
			return false
		case was != now:
			b.refuse("RRSet with DNS name %s, type %s, SetIdentifier %s cannot be created as a non-%s set exists with the same name and type.", *set.Name, set.Type, *set.SetIdentifier, now)
			return false
		case now == weighted && set.TTL != nil && other.TTL != nil && *set.TTL != *other.TTL:
			b.refuse("RRSet with DNS name %s, type %s, SetIdentifier %s cannot be created as weighted sets must contain the same TTL.", *set.Name, set.Type, *set.SetIdentifier)
			return false
		}
	}
	if alike >= b.most.MaxRouted {
		b.refuse("RRSet with DNS name %s, type %s cannot be created as there are %d with the same name and type", *set.Name, set.Type, alike)
		return false
	}
	return true
}

// balancerZones are Elastic Load Balancing's zones in a Region, and how the names of load balancers in them end.
func balancerZones(region string) map[string]string {
	return map[string]string{
		account.HostedZone(region, "application"): "." + region + ".elb.amazonaws.com.",
		account.HostedZone(region, "network"):     ".elb." + region + ".amazonaws.com.",
	}
}

// reaches refuses an alias whose target is not in the zone that it names. Whether there is a load balancer of the name Route 53
// does not ask.
func (b *batch) reaches(set types.ResourceRecordSet) bool {
	alias := set.AliasTarget
	if alias == nil {
		return true
	}
	of := strings.TrimPrefix(aws.ToString(alias.HostedZoneId), "/hostedzone/")
	targets := fmt.Sprintf("Tried to create an alias that targets %s, type %s in zone %s, but", *alias.DNSName, set.Type, of)
	end, balancers := balancerZones(b.region)[of]
	switch {
	case balancers && !strings.HasSuffix(*alias.DNSName, end), !balancers && (of != b.zone.id || !within(*alias.DNSName, b.zone.name)):
		b.refuse("%s the alias target name does not lie within the target zone", targets)
	case !balancers && !slices.ContainsFunc(b.sets, func(other types.ResourceRecordSet) bool {
		return *other.Name == *alias.DNSName && other.Type == set.Type
	}):
		b.refuse("%s that target was not found", targets)
	default:
		return true
	}
	return false
}

package route53

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/route53"
	"github.com/aws/aws-sdk-go-v2/service/route53/types"

	"bluegreen/internal/localaws/wire"
)

func (z *Zones) createZone(_ *wire.Call, in *sdk.CreateHostedZoneInput) (*sdk.CreateHostedZoneOutput, error) {
	x := &zone{name: normal(*in.Name), reference: *in.CallerReference}
	for _, other := range z.zones {
		if other.reference == x.reference {
			return nil, &wire.Error{Code: "HostedZoneAlreadyExists", Message: "A hosted zone has already been created with the specified caller reference.", Status: 409}
		}
	}
	if len(z.zones) >= z.settings.MaxZones {
		return nil, wire.Errorf("TooManyHostedZones", "Limits Exceeded: MAX_HOSTED_ZONES_BY_OWNER - Cannot create more hosted zones.")
	}
	if in.HostedZoneConfig != nil {
		x.comment, x.private = in.HostedZoneConfig.Comment, in.HostedZoneConfig.PrivateZone
	}
	switch {
	case in.VPC != nil:
		x.private, x.vpcs = true, []types.VPC{*in.VPC}
	case x.private:
		return nil, invalid("When you're creating a private hosted zone (when you specify true for PrivateZone), you must also specify values for VPCId and VPCRegion.")
	}
	x.id = "Z" + strings.ToUpper(z.account.Hex(20))
	for k := range servers {
		x.nameServers = append(x.nameServers, fmt.Sprintf("ns-%d.awsdns-%02d.%s", 100+k, k, []string{"com", "net", "org", "co.uk"}[k]))
	}
	x.sets = []types.ResourceRecordSet{
		{Name: &x.name, Type: types.RRTypeNs, TTL: aws.Int64(172800)},
		{Name: &x.name, Type: types.RRTypeSoa, TTL: aws.Int64(900), ResourceRecords: []types.ResourceRecord{{
			Value: aws.String(x.nameServers[0] + ". awsdns-hostmaster.amazon.com. 1 7200 900 1209600 86400")}}},
	}
	for _, server := range x.nameServers {
		x.sets[0].ResourceRecords = append(x.sets[0].ResourceRecords, types.ResourceRecord{Value: aws.String(server + ".")})
	}
	z.zones = append(z.zones, x)
	return &sdk.CreateHostedZoneOutput{
		HostedZone: x.describe(), DelegationSet: x.delegation(), VPC: in.VPC, ChangeInfo: z.submit(x, nil),
		Location: aws.String("https://route53.amazonaws.com/2013-04-01/hostedzone/" + x.id),
	}, nil
}

func (z *Zones) deleteZone(_ *wire.Call, in *sdk.DeleteHostedZoneInput) (*sdk.DeleteHostedZoneOutput, error) {
	x, err := z.zone(in.Id)
	if err != nil {
		return nil, err
	}
	if len(x.sets) > 2 || len(x.protections) > 0 {
		return nil, wire.Errorf("HostedZoneNotEmpty", "The specified hosted zone contains non-required resource record sets and so cannot be deleted.")
	}
	x.sets = nil
	z.zones = slices.DeleteFunc(z.zones, func(other *zone) bool { return other == x })
	return &sdk.DeleteHostedZoneOutput{ChangeInfo: z.submit(x, nil)}, nil
}

func (z *Zones) getZone(_ *wire.Call, in *sdk.GetHostedZoneInput) (*sdk.GetHostedZoneOutput, error) {
	x, err := z.zone(in.Id)
	if err != nil {
		return nil, err
	}
	return &sdk.GetHostedZoneOutput{HostedZone: x.describe(), DelegationSet: x.delegation(), VPCs: x.vpcs}, nil
}

// mostItems is how many zones one answer has at most.
const mostItems = 100

func itemsWanted(asked *int32, most int32) int32 {
	if asked == nil || *asked < 1 {
		return most
	}
	return min(*asked, most)
}

func (z *Zones) listZones(_ *wire.Call, in *sdk.ListHostedZonesInput) (*sdk.ListHostedZonesOutput, error) {
	found, most := z.zones, itemsWanted(in.MaxItems, mostItems)
	if in.Marker != nil {
		at := slices.IndexFunc(found, func(x *zone) bool { return x.id == *in.Marker })
		if at < 0 {
			return nil, wire.Errorf("NoSuchHostedZone", "No hosted zone found with ID: %s", *in.Marker)
		}
		found = found[at:]
	}
	out := &sdk.ListHostedZonesOutput{MaxItems: &most, Marker: in.Marker}
	for k, x := range found {
		if k == int(most) {
			out.IsTruncated, out.NextMarker = true, &x.id
			break
		}
		out.HostedZones = append(out.HostedZones, *x.describe())
	}
	return out, nil
}

// listZonesByName begins with the zone of a name, or the one after it.
func (z *Zones) listZonesByName(_ *wire.Call, in *sdk.ListHostedZonesByNameInput) (*sdk.ListHostedZonesByNameOutput, error) {
	most := itemsWanted(in.MaxItems, mostItems)
	compare := func(x *zone, name, id string) int {
		return cmp.Or(cmp.Compare(backwards(x.name), backwards(name)), cmp.Compare(x.id, id))
	}
	sorted := slices.SortedFunc(slices.Values(z.zones), func(a, b *zone) int { return compare(a, b.name, b.id) })
	if in.DNSName != nil {
		from := strings.TrimPrefix(aws.ToString(in.HostedZoneId), "/hostedzone/")
		sorted = slices.DeleteFunc(sorted, func(x *zone) bool { return compare(x, normal(*in.DNSName), from) < 0 })
	}
	out := &sdk.ListHostedZonesByNameOutput{MaxItems: &most, DNSName: in.DNSName, HostedZoneId: in.HostedZoneId}
	for k, x := range sorted {
		if k == int(most) {
			out.IsTruncated, out.NextDNSName, out.NextHostedZoneId = true, &x.name, &x.id
			break
		}
		out.HostedZones = append(out.HostedZones, *x.describe())
	}
	return out, nil
}

func (z *Zones) getChange(_ *wire.Call, in *sdk.GetChangeInput) (*sdk.GetChangeOutput, error) {
	id := strings.TrimPrefix(aws.ToString(in.Id), "/change/")
	if info, ok := z.changes[id]; ok {
		return &sdk.GetChangeOutput{ChangeInfo: copied(info)}, nil
	}
	return nil, &wire.Error{Code: "NoSuchChange", Message: "Could not find resource with ID: " + id, Status: 404}
}

// mostRecordSets is how many record sets one answer has at most.
const mostRecordSets = 300

// listRecordSets shows what changes have made, also while they are PENDING. The start only positions: what follows may have
// another name.
func (z *Zones) listRecordSets(_ *wire.Call, in *sdk.ListResourceRecordSetsInput) (*sdk.ListResourceRecordSetsOutput, error) {
	x, err := z.zone(in.HostedZoneId)
	if err != nil {
		return nil, err
	}
	if in.StartRecordName == nil && in.StartRecordType != "" || in.StartRecordType == "" && in.StartRecordIdentifier != nil {
		return nil, invalid("The input is not valid: a start type needs a start name, and a start identifier both")
	}
	found := x.sets
	if in.StartRecordName != nil {
		start := position{normal(*in.StartRecordName), string(in.StartRecordType), aws.ToString(in.StartRecordIdentifier)}
		at := slices.IndexFunc(found, func(set types.ResourceRecordSet) bool { return positionOf(set).compare(start) >= 0 })
		if at < 0 {
			at = len(found)
		}
		found = found[at:]
	}
	most := itemsWanted(in.MaxItems, mostRecordSets)
	out := &sdk.ListResourceRecordSetsOutput{MaxItems: &most, ResourceRecordSets: found}
	if len(found) > int(most) {
		next := found[most]
		out.ResourceRecordSets, out.IsTruncated = found[:most], true
		out.NextRecordName, out.NextRecordType, out.NextRecordIdentifier = next.Name, next.Type, next.SetIdentifier
	}
	return out, nil
}

package route53

import (
	"cmp"
	"slices"
	"strconv"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/route53"
	"github.com/aws/aws-sdk-go-v2/service/route53/types"

	"bluegreen/internal/localaws/wire"
)

// createProtections protects record sets of a name and type from any change, whether there are any yet or not.
func (z *Zones) createProtections(_ *wire.Call, in *sdk.CreateResourceRecordSetProtectionsInput) (*sdk.CreateResourceRecordSetProtectionsOutput, error) {
	x, err := z.zone(in.HostedZoneId)
	if err != nil {
		return nil, err
	}
	protections, existing := slices.Clone(x.protections), 0
	for _, p := range in.Protections {
		name := normal(aws.ToString(p.RecordName))
		if !within(name, x.name) {
			return nil, wire.Errorf("InvalidResourceRecordSetProtectionBatch", "The name %s is not in the zone %s", name, x.name)
		}
		if slices.ContainsFunc(protections, func(q types.ResourceRecordSetProtection) bool {
			return *q.RecordName == name && q.RecordType == p.RecordType
		}) {
			existing++
			continue
		}
		protections = append(protections, types.ResourceRecordSetProtection{RecordName: &name, RecordType: p.RecordType, Comment: p.Comment})
	}
	switch {
	case existing == len(in.Protections):
		return nil, wire.Errorf("ProtectionAlreadyExists", "A protection already exists for every name and type in the request")
	case existing > 0:
		return nil, wire.Errorf("InvalidResourceRecordSetProtectionBatch", "A protection already exists for %d of the names and types in the request", existing)
	}
	x.protections = slices.SortedFunc(slices.Values(protections), func(a, b types.ResourceRecordSetProtection) int {
		return cmp.Or(cmp.Compare(backwards(*a.RecordName), backwards(*b.RecordName)), cmp.Compare(a.RecordType, b.RecordType))
	})
	return &sdk.CreateResourceRecordSetProtectionsOutput{}, nil
}

func (z *Zones) deleteProtections(_ *wire.Call, in *sdk.DeleteResourceRecordSetProtectionsInput) (*sdk.DeleteResourceRecordSetProtectionsOutput, error) {
	x, err := z.zone(in.HostedZoneId)
	if err != nil {
		return nil, err
	}
	left := slices.Clone(x.protections)
	for _, key := range in.Protections {
		at := slices.IndexFunc(left, func(p types.ResourceRecordSetProtection) bool {
			return *p.RecordName == normal(aws.ToString(key.RecordName)) && p.RecordType == key.RecordType
		})
		if at < 0 {
			return nil, wire.Errorf("InvalidResourceRecordSetProtectionBatch", "There is no protection for %s, type %s", aws.ToString(key.RecordName), key.RecordType)
		}
		left = slices.Delete(left, at, at+1)
	}
	x.protections = left
	return &sdk.DeleteResourceRecordSetProtectionsOutput{}, nil
}

func (z *Zones) listProtections(_ *wire.Call, in *sdk.ListResourceRecordSetProtectionsInput) (*sdk.ListResourceRecordSetProtectionsOutput, error) {
	x, err := z.zone(in.HostedZoneId)
	if err != nil {
		return nil, err
	}
	found, from := x.protections, 0
	switch {
	case in.NextToken != nil:
		if from, err = strconv.Atoi(*in.NextToken); err != nil || from < 0 || from > len(found) {
			return nil, wire.Errorf("InvalidPaginationToken", "The value of NextToken is not valid")
		}
	case in.StartRecordName != nil:
		start := position{normal(*in.StartRecordName), string(in.StartRecordType), ""}
		for from < len(found) && (position{*found[from].RecordName, string(found[from].RecordType), ""}).compare(start) < 0 {
			from++
		}
	}
	until := min(len(found), from+int(itemsWanted(in.MaxResults, mostRecordSets)))
	out := &sdk.ListResourceRecordSetProtectionsOutput{ResourceRecordSetProtections: found[from:until]}
	if until < len(found) {
		out.NextToken = aws.String(strconv.Itoa(until))
	}
	return out, nil
}

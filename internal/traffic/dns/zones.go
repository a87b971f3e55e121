package dns

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/route53"
	"github.com/aws/aws-sdk-go-v2/service/route53/types"

	"bluegreen/internal/deploy"
	"bluegreen/internal/ledger"
	"bluegreen/internal/step"
)

// reads is what is read of hosted zones.
type reads interface {
	GetChange(context.Context, *route53.GetChangeInput, ...func(*route53.Options)) (*route53.GetChangeOutput, error)
	ListResourceRecordSets(context.Context, *route53.ListResourceRecordSetsInput, ...func(*route53.Options)) (*route53.ListResourceRecordSetsOutput, error)
	ListResourceRecordSetProtections(context.Context, *route53.ListResourceRecordSetProtectionsInput, ...func(*route53.Options)) (*route53.ListResourceRecordSetProtectionsOutput, error)
}

// writes is what is changed of them.
type writes interface {
	ChangeResourceRecordSets(context.Context, *route53.ChangeResourceRecordSetsInput, ...func(*route53.Options)) (*route53.ChangeResourceRecordSetsOutput, error)
}

var (
	_ reads  = (*route53.Client)(nil)
	_ writes = (*route53.Client)(nil)
)

// zones are an account's hosted zones.
type zones struct {
	reads  reads
	writes step.Writes[writes]
}

// shown is a name as Route 53 shows it: with a dot at its end, and what is none of a-z 0-9 - _ as octal, of which a name of a request may
// have the asterisk alone (aws-facts I4).
func shown(name string) string { return strings.ReplaceAll(name, "*", `\052`) + "." }

// targetOf is an alias's target as the record keeps it.
func targetOf(a types.AliasTarget) deploy.Target {
	return deploy.Target{
		Name: strings.ToLower(strings.TrimSuffix(aws.ToString(a.DNSName), ".")), Zone: aws.ToString(a.HostedZoneId), Evaluate: a.EvaluateTargetHealth,
	}
}

// all are the record sets of a zone.
func (z zones) all(ctx context.Context, zone string) ([]types.ResourceRecordSet, error) {
	var all []types.ResourceRecordSet
	pages := route53.NewListResourceRecordSetsPaginator(z.reads, &route53.ListResourceRecordSetsInput{HostedZoneId: &zone})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, fmt.Errorf("listing the records of %s: %w", zone, err)
		}
		all = append(all, page.ResourceRecordSets...)
	}
	return all, nil
}

// protected are the record sets of a zone that are protected from changes, as position has them, each with why.
func (z zones) protected(ctx context.Context, zone string) (map[position]string, error) {
	why := make(map[position]string)
	pages := route53.NewListResourceRecordSetProtectionsPaginator(z.reads, &route53.ListResourceRecordSetProtectionsInput{HostedZoneId: &zone})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, fmt.Errorf("listing the protected records of %s: %w", zone, err)
		}
		for _, p := range page.ResourceRecordSetProtections {
			why[position{aws.ToString(p.RecordName), p.RecordType}] = aws.ToString(p.Comment)
		}
	}
	return why, nil
}

// position is where a record set stands, of which there is one unless it has a routing policy.
type position struct {
	name string // as Route 53 shows it
	kind types.RRType
}

// now are aliases as they are. One that is gone, or no alias any more, has no target.
func (z zones) now(ctx context.Context, aliases []deploy.Alias) ([]deploy.Alias, error) {
	now := slices.Clone(aliases)
	found := make(map[deploy.Record][]types.ResourceRecordSet)
	for i, a := range aliases {
		sets, read := found[a.Record]
		if !read {
			var err error
			if sets, err = z.named(ctx, a.Record); err != nil {
				return nil, err
			}
			found[a.Record] = sets
		}
		now[i].Target = deploy.Target{}
		for _, set := range sets {
			if string(set.Type) == a.Type && set.AliasTarget != nil && set.SetIdentifier == nil {
				now[i].Target = targetOf(*set.AliasTarget)
			}
		}
	}
	return now, nil
}

// most is how many record sets have one name at most that matter: A and AAAA, each with one routing policy.
const most = 300

// named are the record sets of a name; none where others have deleted the zone.
func (z zones) named(ctx context.Context, record deploy.Record) ([]types.ResourceRecordSet, error) {
	name := shown(record.Name)
	out, err := z.reads.ListResourceRecordSets(ctx, &route53.ListResourceRecordSetsInput{
		HostedZoneId: &record.Zone, StartRecordName: &name, StartRecordType: types.RRTypeA, MaxItems: aws.Int32(most),
	})
	var gone *types.NoSuchHostedZone
	if errors.As(err, &gone) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("reading the record %s: %w", record, err)
	}
	return slices.DeleteFunc(out.ResourceRecordSets, func(set types.ResourceRecordSet) bool { return aws.ToString(set.Name) != name }), nil
}

// change makes record sets aliases of other targets, all of a zone at once: each is deleted as it was read and made again, which Route 53
// refuses, all of it, where somebody has changed one meanwhile (aws-facts I4). What is to stay as it is is made again too: the changes,
// whose ids are returned, tell when name servers know it.
func (z zones) change(ctx context.Context, fence ledger.Fence, now, to []deploy.Alias) (ids []string, err error) {
	for len(now) > 0 {
		zone, batch := now[0].Zone, &types.ChangeBatch{Comment: aws.String("bluegreen")}
		var rest, restTo []deploy.Alias
		for i, a := range now {
			if a.Zone != zone {
				rest, restTo = append(rest, a), append(restTo, to[i])
				continue
			}
			batch.Changes = append(batch.Changes,
				types.Change{Action: types.ChangeActionDelete, ResourceRecordSet: set(a)}, types.Change{Action: types.ChangeActionCreate, ResourceRecordSet: set(to[i])})
		}
		out, err := step.Write(ctx, z.writes, fence, writes.ChangeResourceRecordSets, &route53.ChangeResourceRecordSetsInput{HostedZoneId: &zone, ChangeBatch: batch})
		if err != nil {
			return ids, fmt.Errorf("changing records of %s: %w", zone, err)
		}
		if out.ChangeInfo != nil {
			ids = append(ids, strings.TrimPrefix(aws.ToString(out.ChangeInfo.Id), "/change/"))
		}
		now, to = rest, restTo
	}
	return ids, nil
}

// set is an alias as Route 53 has it.
func set(a deploy.Alias) *types.ResourceRecordSet {
	return &types.ResourceRecordSet{
		Name: aws.String(shown(a.Name)), Type: types.RRType(a.Type),
		AliasTarget: &types.AliasTarget{DNSName: aws.String(a.Target.Name + "."), HostedZoneId: &a.Target.Zone, EvaluateTargetHealth: a.Target.Evaluate},
	}
}

// changed recognises the refusal of a batch since a record is not what it was when it was read, or may not be changed.
func changed(err error) bool {
	var refused *types.InvalidChangeBatch
	return errors.As(err, &refused)
}

// inSync reports whether all name servers know changes. One that is not remembered any more they know.
func (z zones) inSync(ctx context.Context, ids []string) (bool, error) {
	for _, id := range ids {
		out, err := z.reads.GetChange(ctx, &route53.GetChangeInput{Id: &id})
		var gone *types.NoSuchChange
		switch {
		case errors.As(err, &gone):
		case err != nil:
			return false, fmt.Errorf("asking whether name servers know change %s: %w", id, err)
		case out.ChangeInfo == nil || out.ChangeInfo.Status != types.ChangeStatusInsync:
			return false, nil
		}
	}
	return true, nil
}

package invariant

import (
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	elbv2 "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	"github.com/aws/aws-sdk-go-v2/service/route53"
	"github.com/aws/aws-sdk-go-v2/service/route53/types"

	"bluegreen/internal/deploy"
	"bluegreen/internal/ledger"
)

// traffic holds promise 5 against writes to load balancers and records: what is made bears the deployment's tags, and the record has its name
// before; what is changed or taken away a deployment has made; and of records only those that the deployment is about move, once the record says
// so.
func (o *ownership) traffic(a *apiCall, record ledger.Record) (known bool) {
	switch {
	case a.service == "route53":
		o.records(a, record)
	case a.service == "elasticloadbalancing" && strings.HasPrefix(a.operation, "Create") && a.operation != "CreateLoadBalancerListeners" && !strings.HasSuffix(a.operation, "Policy"):
		o.makes(a, record)
	case a.service == "elasticloadbalancing":
		for _, of := range o.parts(a.input) {
			tags := o.w.r.AWS.BalancingTags(of)
			if tags[deploy.TagLineage] != o.w.r.World.GroupName || tags[deploy.TagExecution] == "" {
				o.breaks("%s changes %s, which no deployment has made", a, of)
			}
			if strings.HasPrefix(a.operation, "Delete") {
				o.unused(a, of)
			}
		}
	default:
		return false
	}
	return true
}

// makes checks what is made for green's traffic.
func (o *ownership) makes(a *apiCall, record ledger.Record) {
	name := textOf(a.input, "Name") + textOf(a.input, "LoadBalancerName")
	tags := make(map[string]string)
	if list := reflect.ValueOf(a.input).Elem().FieldByName("Tags"); list.IsValid() {
		for i := range list.Len() {
			tags[textOf(list.Index(i).Addr().Interface(), "Key")] = textOf(list.Index(i).Addr().Interface(), "Value")
		}
	}
	switch a.operation {
	case "CreateListener", "CreateRule":
		of := textOf(a.input, "ListenerArn") + textOf(a.input, "LoadBalancerArn")
		o.tagged(a, "a part of "+of, tags, record)
		return
	}
	o.tagged(a, name, tags, record)
	if record.Lock != nil && !slices.ContainsFunc(record.Lock.Made, func(made ledger.Made) bool { return made.Name == name }) {
		o.breaks("%s makes %s before the record has its name", a, name)
	}
}

// unused checks that no client comes to what is taken away.
func (o *ownership) unused(a *apiCall, arn string) {
	names, known := o.w.come()
	for _, listener := range o.w.r.AWS.Listeners() {
		if known && names[strings.ToLower(listener.DNSName)] && (listener.LoadBalancerARN == arn || strings.HasSuffix(arn, "loadbalancer/"+listener.LoadBalancerName)) {
			o.breaks("%s takes %s away, to which clients come", a, arn)
		}
	}
}

// parts are the ARNs of what a write is about.
func (o *ownership) parts(input any) []string {
	for _, member := range []string{"RuleArn", "ListenerArn", "LoadBalancerArn", "TargetGroupArn"} {
		if arn := textOf(input, member); arn != "" {
			return []string{arn}
		}
	}
	if name := textOf(input, "LoadBalancerName"); name != "" {
		return []string{o.w.r.AWS.Account.ARN("elasticloadbalancing", "loadbalancer/"+name)}
	}
	if in, ok := input.(*elbv2.AddTagsInput); ok {
		return in.ResourceArns
	}
	return []string{fmt.Sprintf("%T", input)}
}

func textOf(input any, member string) string {
	field := reflect.ValueOf(input).Elem().FieldByName(member)
	if !field.IsValid() || field.Type() != reflect.TypeFor[*string]() {
		return ""
	}
	return aws.ToString(field.Interface().(*string))
}

// records checks a change of record sets.
func (o *ownership) records(a *apiCall, record ledger.Record) {
	in, ok := a.input.(*route53.ChangeResourceRecordSetsInput)
	if !ok || in.ChangeBatch == nil {
		o.breaks("%s: the promise does not allow this write", a)
		return
	}
	late := o.w.fence.late(a, record)
	for _, change := range in.ChangeBatch.Changes {
		set := change.ResourceRecordSet
		alias := deploy.Alias{Record: deploy.Record{Zone: aws.ToString(in.HostedZoneId), Name: strings.TrimSuffix(aws.ToString(set.Name), ".")}, Type: string(set.Type)}
		switch lock := record.Lock; {
		case lock == nil || late:
		case alias.Zone != o.w.r.World.HostedZoneID || alias.Name != o.w.r.World.Record:
			o.breaks("%s changes the record %s, which the request does not name", a, alias)
		case set.Type != types.RRTypeA && set.Type != types.RRTypeAaaa || set.AliasTarget == nil:
			o.breaks("%s makes the record %s something else than an alias of a load balancer", a, alias)
		case !lock.BlueLeft():
			o.breaks("%s changes the record %s before the record of the lineage says that traffic moves", a, alias)
		case lock.Change(ledger.KindAlias, alias.String()) == nil:
			o.breaks("%s changes the record %s before the record of the lineage has what it was", a, alias)
		}
	}
}

// records holds, at an end, the records by which clients know the fleet: they are as people want them, or stand for the load balancers of the
// fleet that is live; all others are as people want them.
func (v *verdict) records() {
	if v.r.World.Record == "" {
		return
	}
	named, others := v.aliases()
	for _, set := range others {
		v.check(v.endStates.others[shownSet(set)], "the record %s is not as people want it", shownSet(set))
	}
	v.check(len(others) == len(v.endStates.others), "the zone has %d records besides, not %d", len(others), len(v.endStates.others))
	if view, exists := v.r.AWS.Groups.View(v.record.Live); exists && v.apart(view) {
		for _, set := range named {
			want, known := v.endStates.named[string(set.Type)]
			v.check(known && shownSet(want) == shownSet(moved(set, want)), "the record %s is otherwise than it was, besides what it stands for", shownSet(set))
		}
		v.check(len(named) == len(v.endStates.named), "%d record sets have the name, not %d", len(named), len(v.endStates.named))
		v.endStates.wantRecords()
		return
	}
	for _, set := range named {
		want := v.endStates.named[string(set.Type)]
		v.check(shownSet(want) == shownSet(set), "the record %s is not %s, as people want it", shownSet(set), shownSet(want))
	}
}

// moved is a record set with the target of another.
func moved(set, to types.ResourceRecordSet) types.ResourceRecordSet {
	if set.AliasTarget != nil && to.AliasTarget != nil {
		target := *set.AliasTarget
		dual := strings.HasPrefix(aws.ToString(target.DNSName), "dualstack.") == strings.HasPrefix(aws.ToString(to.AliasTarget.DNSName), "dualstack.")
		if dual {
			target.DNSName, target.HostedZoneId = to.AliasTarget.DNSName, to.AliasTarget.HostedZoneId
		}
		set.AliasTarget = &target
	}
	return set
}

func shownSet(set types.ResourceRecordSet) string { return text(set) }

// wantRecords takes the records as they are for what people want.
func (e *endStates) wantRecords() {
	named, others := e.w.aliases()
	e.named, e.others = make(map[string]types.ResourceRecordSet), make(map[string]bool)
	for _, set := range named {
		e.named[string(set.Type)] = set
	}
	for _, set := range others {
		e.others[shownSet(set)] = true
	}
}

// changeRecords takes in what others have made of records.
func (e *endStates) changeRecords(in *route53.ChangeResourceRecordSetsInput) {
	named, others := e.w.aliases()
	e.others = make(map[string]bool)
	for _, set := range others {
		e.others[shownSet(set)] = true
	}
	for _, change := range in.ChangeBatch.Changes {
		if strings.TrimSuffix(aws.ToString(change.ResourceRecordSet.Name), ".") == e.w.r.World.Record {
			delete(e.named, string(change.ResourceRecordSet.Type)) // one that stays follows
		}
		for _, set := range named {
			if aws.ToString(set.Name) == strings.TrimSuffix(aws.ToString(change.ResourceRecordSet.Name), ".")+"." && set.Type == change.ResourceRecordSet.Type {
				e.named[string(set.Type)] = set
			}
		}
	}
}

// leftBalancers checks that nothing is left that deployments made for groups which have gone with them. What clients come to still may stay
// where the record remembers it.
func (v *verdict) leftBalancers() {
	for _, arn := range v.r.AWS.Balancing() {
		made := v.r.AWS.BalancingTags(arn)[deploy.TagExecution]
		for _, o := range v.record.Outcomes {
			stays := o.Execution != made || !v.endStates.overdue(o, v.record) || v.r.AWS.Loads.Reaches(v.r.World.Record) && v.remembered(o.Green)
			v.check(made == "" || stays, "%s is left, which was made for %s", arn, o.Green)
		}
	}
}

// remembered reports whether the record says what traffic came through to a group that does not serve.
func (v *verdict) remembered(group string) bool {
	return slices.ContainsFunc(v.record.Beside(), func(s ledger.Superseded) bool {
		return s.Name == group && slices.ContainsFunc(s.Made, ledger.Made.Serves)
	})
}

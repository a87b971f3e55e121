package dns

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/route53/types"

	"bluegreen/internal/awserror"
	"bluegreen/internal/balancer"
	"bluegreen/internal/deploy"
	"bluegreen/internal/ledger"
	"bluegreen/internal/traffic"
	"bluegreen/internal/twin"
)

// Preflight looks at the records, and at all that blue takes traffic from: green is to have the like.
func (s strategy) Preflight(ctx context.Context, blue traffic.Blue, d *deploy.Deployment) (traffic.Found, error) {
	if s.Unfit(blue.Fleet) != "" {
		return traffic.Found{}, nil
	}
	pace, findings, err := s.sources(ctx, blue.Fleet, d)
	if err != nil || len(findings) > 0 {
		return traffic.Found{Findings: findings}, err
	}
	entries, err := s.balancers.Entries(ctx, blue.Sources)
	if err != nil {
		return traffic.Found{}, err
	}
	l := &look{zones: s.zones, entries: entries, records: blue.Records, allowed: blue.Allowed}
	if d.Action == deploy.ActionRollback {
		l.returns(blue)
	}
	if err := l.survey(ctx); err != nil {
		return traffic.Found{}, err
	}
	d.Aliases = l.aliases
	found := traffic.Found{Stages: func(ctx context.Context) ([]deploy.PlannedStage, error) { return s.stages(ctx, d, pace) }}
	if d.Action == deploy.ActionRollback && len(l.findings) == 0 {
		l.goBack(blue)
	}
	if d.Action == deploy.ActionDeploy && (blue.Allowed == nil || len(blue.Allowed) > 0) { // without records the deployer may not look at what twins could not have
		whole, err := s.twins.Read(ctx, blue.Sources)
		if err != nil {
			return traffic.Found{}, err
		}
		found.Things, found.Balancers = makes(whole, *d, blue.Record.Generation+1), len(whole)
		halves, err := s.twins.Findings(ctx, blue.ARN, blue.Fleet, whole)
		if err != nil {
			return traffic.Found{}, err
		}
		l.findings = append(l.findings, halves...)
		if len(l.findings) == 0 {
			outlive(entries, blue.Record, d)
			if err := s.cold(ctx, entries, whole, d); err != nil {
				return found, err
			}
		}
	}
	found.Findings, found.Things = l.findings, append(found.Things, moves(d.Aliases)...)
	return found, nil
}

// sources looks at what blue is attached to: each must exist, and be used by a load balancer.
func (s strategy) sources(ctx context.Context, blue deploy.Fleet, d *deploy.Deployment) (pace balancer.Pace, findings []string, err error) {
	for _, source := range blue.Sources {
		if !s.balancers.Reads(source) {
			return pace, []string{fmt.Sprintf("its traffic source %s (%s) is not supported yet", source.ID, source.Type)}, nil
		}
		shown, err := s.balancers.Health(ctx, source, blue.Instances)
		if balancer.Gone(err) {
			return pace, []string{fmt.Sprintf("it is attached to a %s that does not exist: %s", deploy.Noun([]deploy.Source{source}), awserror.Text(err))}, nil
		}
		if err != nil {
			return pace, nil, err
		}
		if shown.Targets.Unused() {
			findings = append(findings, fmt.Sprintf("no listener forwards to its target group %s, so nobody comes to it there: detach the group from it", source.ID))
			continue
		}
		settings, err := s.balancers.Settings(ctx, source)
		if err != nil {
			return pace, nil, err
		}
		pace = pace.Longest(settings.Pace)
		if sample := deploy.BlueServes(blue, deploy.Traffic{source: shown.Targets}, blue.Sizes.Desired); !sample.Good {
			d.Warn("%s (%s)", sample.Message, source.ID)
		}
	}
	return pace, findings, nil
}

// coldPerHour is how many requests of blue's, in an hour, make people want to know that green's load balancer begins without any: 100 a second.
const coldPerHour = 360_000

// cold warns of a load balancer that begins small, where blue's has grown. Who has reserved capacity for blue's has said what one begins with,
// and green's has as much.
func (s strategy) cold(ctx context.Context, entries []balancer.Entry, whole []twin.Balancer, d *deploy.Deployment) error {
	to := d.StartedAt.Truncate(time.Minute)
	for _, entry := range entries {
		if slices.ContainsFunc(whole, func(b twin.Balancer) bool { return b.ID == entry.ID && b.Reserved() > 0 }) {
			continue
		}
		use, err := s.balancers.Use(ctx, entry, to.Add(-time.Hour), to)
		if err != nil {
			return err
		}
		if use.Requests >= coldPerHour {
			d.Warn("load balancer %s had %.0f requests in the last hour, and green's will be new: AWS lets it grow as requests come, and all come within minutes; "+
				"reserve capacity for it, or deploy when there are fewer", entry.Name(), use.Requests)
		}
	}
	return nil
}

// outlive warns of blue's load balancers that stay where blue is to be deleted: those that no deployment of the lineage has made.
func outlive(entries []balancer.Entry, record ledger.Record, d *deploy.Deployment) {
	if d.BlueAfter != deploy.AfterDelete {
		return
	}
	for _, entry := range entries {
		if slices.ContainsFunc(record.Made, func(m ledger.Made) bool { return m.Serves() && m.Name == entry.Name() }) {
			continue
		}
		d.Warn("load balancer %s stays and runs on when %s is deleted, since no deployment has made it: once nobody comes to it, delete it with %s",
			entry.Name(), d.Blue, entry.Deletion())
	}
}

// look is a look at the records that are to move, of one zone after the other.
type look struct {
	zones    zones
	entries  []balancer.Entry // blue's load balancers
	records  []deploy.Record  // that are to move
	allowed  []deploy.Record  // that the deployer may move; nil: nobody has said so
	findings []string
	aliases  []deploy.Alias
}

func (l *look) find(format string, args ...any) {
	if finding := fmt.Sprintf(format, args...); !slices.Contains(l.findings, finding) { // record sets with a routing policy have one name
		l.findings = append(l.findings, finding)
	}
}

// survey looks at the records: each must be an alias of one of blue's load balancers, which the deployer may change, and each of these
// must have one.
func (l *look) survey(ctx context.Context) error {
	var looked []string
	for _, record := range l.records {
		if l.allowed != nil && !slices.Contains(l.allowed, record) {
			l.find("the record %s is none that this deployer may change (%s): name it in the parameter hosted_zones of the Deployer stack, as %s/%s",
				record, l.mayChange(), record.Zone, record.Name)
			continue
		}
		if slices.Contains(looked, record.Zone) {
			continue
		}
		looked = append(looked, record.Zone)
		if err := l.zone(ctx, record.Zone); err != nil {
			return err
		}
	}
	if len(l.findings) > 0 {
		return nil
	}
	for _, entry := range l.entries {
		if !slices.ContainsFunc(l.aliases, func(a deploy.Alias) bool { return a.Target.Balancer() == entry.DNSName }) {
			l.find("none of traffic.records is an alias of its load balancer %s, so who comes through that would not come to green: name the record, "+
				"or detach the group from it where nobody does", entry.Name())
		}
	}
	return nil
}

func (l *look) mayChange() string {
	if len(l.allowed) == 0 {
		return "it may change none"
	}
	var names []string
	for _, record := range l.allowed {
		names = append(names, record.String())
	}
	return strings.Join(names, ", ")
}

// zone looks at the records of one zone: those that are to move, and others that stand for blue too.
func (l *look) zone(ctx context.Context, zone string) error {
	sets, err := l.zones.all(ctx, zone)
	var gone *types.NoSuchHostedZone
	switch {
	case errors.As(err, &gone):
		l.find("there is no hosted zone %s in this account: name the zone that the record is in", zone)
		return nil
	case err != nil:
		return err
	}
	protected, err := l.zones.protected(ctx, zone)
	if err != nil {
		return err
	}
	for _, record := range l.records {
		if record.Zone == zone {
			l.record(record, sets, protected)
		}
	}
	for _, set := range sets {
		l.besides(zone, set)
	}
	return nil
}

// record looks at one record.
func (l *look) record(record deploy.Record, sets []types.ResourceRecordSet, protected map[position]string) {
	found := 0
	for _, set := range sets {
		if aws.ToString(set.Name) != shown(record.Name) {
			continue
		}
		switch set.Type {
		case types.RRTypeCname:
			l.find("the record %s is a CNAME: make it an alias, of type A and AAAA, of the load balancer", record)
			found++
		case types.RRTypeA, types.RRTypeAaaa:
			found++
			l.set(record, set, protected)
		}
	}
	if found == 0 {
		l.find("there is no record %s of type A or AAAA: make it, as an alias of blue's load balancer (%s)", record, l.names())
	}
}

// set looks at a record set of type A or AAAA.
func (l *look) set(record deploy.Record, set types.ResourceRecordSet, protected map[position]string) {
	alias := deploy.Alias{Record: record, Type: string(set.Type)}
	why, is := protected[position{aws.ToString(set.Name), set.Type}]
	switch {
	case set.SetIdentifier != nil:
		l.find("the record %s has a routing policy (%s): records with one cannot be moved yet; make it a simple alias", alias, routing(set))
	case set.AliasTarget == nil:
		l.find("the record %s is no alias: make it an alias of the load balancer, in place of addresses that would have to be known", alias)
	case is:
		l.find("the record %s is protected from changes (%s): a person must lift that, with aws route53 delete-resource-record-set-protections, for the deployment", alias, why)
	default:
		alias.Target = targetOf(*set.AliasTarget)
		if !l.blues(alias.Target.Balancer()) {
			l.find("the record %s is an alias of %s, which is none of blue's load balancers (%s): make it an alias of one of them, or leave it out", alias, alias.Target.Name, l.names())
			return
		}
		l.aliases = append(l.aliases, alias)
	}
}

// besides finds a record that stands for one of blue's load balancers and is not to move: who knows the fleet by that name would come to
// blue, which goes.
func (l *look) besides(zone string, set types.ResourceRecordSet) {
	name := strings.ReplaceAll(strings.TrimSuffix(aws.ToString(set.Name), "."), `\052`, "*")
	if slices.Contains(l.records, deploy.Record{Zone: zone, Name: name}) {
		return
	}
	var targets []string
	if set.AliasTarget != nil {
		targets = append(targets, targetOf(*set.AliasTarget).Balancer())
	}
	if set.Type == types.RRTypeCname {
		for _, r := range set.ResourceRecords {
			targets = append(targets, targetOf(types.AliasTarget{DNSName: r.Value}).Balancer())
		}
	}
	if slices.ContainsFunc(targets, l.blues) {
		l.find("the record %s %s in %s stands for blue's load balancer too, and who knows the fleet by it would not come to green: name it in traffic.records", set.Type, name, zone)
	}
}

func (l *look) blues(dnsName string) bool {
	return slices.ContainsFunc(l.entries, func(e balancer.Entry) bool { return e.DNSName == dnsName })
}

func (l *look) names() string {
	var names []string
	for _, e := range l.entries {
		names = append(names, e.DNSName)
	}
	return strings.Join(names, ", ")
}

// routing says which routing policy a record set has.
func routing(set types.ResourceRecordSet) string {
	switch {
	case set.Weight != nil:
		return "weighted"
	case set.Region != "":
		return "latency"
	case set.Failover != "":
		return "failover"
	case set.GeoLocation != nil:
		return "geolocation"
	case set.GeoProximityLocation != nil:
		return "geoproximity"
	case set.CidrRoutingConfig != nil:
		return "IP-based"
	}
	return "multivalue answer"
}

// returns looks at a fleet that is to come back: the records move to where they stood before it was replaced.
func (l *look) returns(blue traffic.Blue) {
	previous := blue.Record.Previous
	if previous == nil || len(previous.Aliases) == 0 {
		l.find("the fleet that it replaced was not replaced by moving records, so nobody knows where they would go: roll back without traffic.strategy")
		return
	}
	for _, record := range l.records {
		if !slices.ContainsFunc(previous.Aliases, func(a deploy.Alias) bool { return a.Record == record }) {
			l.find("the record %s did not move when %s was replaced: leave traffic.records out, and those that did move back", record, previous.Name)
		}
	}
	l.records = nil
	for _, a := range previous.Aliases {
		if !slices.Contains(l.records, a.Record) {
			l.records = append(l.records, a.Record)
		}
	}
}

// goBack notes where each alias goes with the fleet that comes back.
func (l *look) goBack(blue traffic.Blue) {
	for i, a := range l.aliases {
		for _, before := range blue.Record.Previous.Aliases {
			if before.Record == a.Record && before.Type == a.Type {
				l.aliases[i].To = &before.Target
			}
		}
		if l.aliases[i].To == nil {
			l.find("the record %s was made after %s was replaced, so nobody knows where it would go: delete it, and make it again after the rollback", a, blue.Record.Previous.Name)
		}
	}
}

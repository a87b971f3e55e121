package invariant

import (
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling"

	"bluegreen/internal/deploy"
	"bluegreen/internal/ledger"
)

// scaling holds promise 4 for what scales a fleet: at an end the live fleet's policies and alarms are what people want of it, or of
// the one that it is a copy of; those of a fleet that stands by do not act; nothing is left of one that is gone. A fleet has them
// before its first share of traffic.
type scaling struct {
	base
	wanted map[string]items // by group, as others than the deployments want them
	stands map[string]items // by group, after the last call that concerned them
	atCopy map[string]items // what blue had when a group was copied from it, by the copy
	byHand map[string]bool  // groups whose policies or alarms others have changed since they were made

	replaced map[string]time.Time // when the record said first of a group that it is replaced
}

// items are the scaling policies of a group, and the alarms that act on them, each as a text in which neither their own names and
// ARNs nor the group's stand: a copy has the same. The value is since when others have wanted it so.
type items map[string]time.Time

// settled is how long what others set must have stood before a copy is held to it: a function may have looked before.
const settled = time.Minute

func newScaling(b base, _ snapshot) invariant {
	s := &scaling{
		base: b, wanted: make(map[string]items), stands: make(map[string]items), atCopy: make(map[string]items), byHand: make(map[string]bool),
		replaced: make(map[string]time.Time),
	}
	for _, name := range b.w.r.AWS.Groups.Names() {
		s.wanted[name] = s.of(name)
		s.stands[name] = s.of(name)
	}
	return s
}

// concerned are the operations that change policies and alarms.
var concerned = []string{
	"CreateAutoScalingGroup", "DeleteAutoScalingGroup", "PutScalingPolicy", "DeletePolicy", "PutMetricAlarm", "DeleteAlarms", "EnableAlarmActions",
	"DisableAlarmActions", "TagResource", "UntagResource",
}

func (s *scaling) done(a *apiCall, was before) {
	if a.deployment() && a.operation == "PutItem" {
		s.commits(a, was.record.Lock, s.w.r.Record().Lock)
	}
	if a.deployment() {
		switch attach := a.input.(type) {
		case *autoscaling.AttachLoadBalancerTargetGroupsInput:
			s.takesTraffic(a, aws.ToString(attach.AutoScalingGroupName))
		case *autoscaling.AttachLoadBalancersInput:
			s.takesTraffic(a, aws.ToString(attach.AutoScalingGroupName))
		case *autoscaling.AttachTrafficSourcesInput:
			s.takesTraffic(a, aws.ToString(attach.AutoScalingGroupName))
		}
	}
	if !slices.Contains(concerned, a.operation) {
		return
	}
	if created, ok := a.input.(*autoscaling.CreateAutoScalingGroupInput); ok && a.deployment() {
		s.came(a, s.w.blue())
		s.atCopy[*created.AutoScalingGroupName] = maps.Clone(s.wanted[s.w.blue()])
		delete(s.wanted, *created.AutoScalingGroupName)
	}
	for _, name := range s.w.r.AWS.Groups.Names() {
		was, now := s.stands[name], s.of(name)
		s.stands[name] = now
		if !a.deployment() && !sameItems(was, now) {
			s.changedByOthers(name, was, now)
		}
	}
}

// commits notes when a fleet is replaced.
func (s *scaling) commits(a *apiCall, was, lock *ledger.Lock) {
	if lock != nil && lock.Stage == ledger.Committed && (was == nil || was.Stage != ledger.Committed) {
		s.came(a, lock.Deployment.Blue)
		s.replaced[lock.Deployment.Blue] = s.w.r.AWS.Account.Now()
	}
}

// came takes in a fleet that is replaced, or copied, and that came since the last end, as a copy itself.
func (s *scaling) came(a *apiCall, blue string) {
	if s.wanted[blue] != nil {
		return
	}
	for _, wrong := range s.copies(blue, s.w.r.Record(), s.of(blue)) {
		s.breaks("%s, but %s", a, wrong)
	}
	s.adopt(blue)
}

// changedByOthers takes in what others want of a group from now on.
func (s *scaling) changedByOthers(name string, was, now items) {
	s.byHand[name] = true
	want := s.wanted[name]
	if want == nil { // a copy whose deployment is under way
		return
	}
	for item := range was {
		if _, still := now[item]; !still {
			delete(want, item)
			delete(want, awake(item))
		}
	}
	for item := range now {
		if _, before := was[item]; !before {
			want[item] = s.w.r.AWS.Account.Now()
		}
	}
}

// of are a group's items now.
func (s *scaling) of(group string) items {
	found, now := make(items), s.w.r.AWS.Account.Now()
	policies := s.w.r.AWS.Groups.Policies(group)
	alarms, tags := s.w.r.AWS.Alarms.Metric()
	own := make(map[string]string)
	for _, p := range policies {
		own[aws.ToString(p.PolicyARN)] = "policy " + aws.ToString(p.PolicyName)
		tracks := aws.ToString(p.PolicyType) == "TargetTrackingScaling"
		for i := range alarms {
			if tracks && alarms[i].AlarmName != nil && slices.Contains(alarms[i].AlarmActions, aws.ToString(p.PolicyARN)) {
				alarms[i].AlarmName = nil // it is AWS's
			}
		}
		p.AutoScalingGroupName, p.PolicyARN, p.Alarms = nil, nil, nil
		found[anonymous(text(p), group)] = now
	}
	for _, alarm := range alarms {
		acts := func(action string) bool { return own[action] != "" }
		if alarm.AlarmName == nil || !slices.ContainsFunc(actionsOf(alarm), acts) {
			continue
		}
		marks := []string{}
		for _, tag := range tags[*alarm.AlarmName] {
			if !strings.HasPrefix(aws.ToString(tag.Key), "bluegreen:") {
				marks = append(marks, aws.ToString(tag.Key)+"="+aws.ToString(tag.Value))
			}
		}
		alarm.AlarmName, alarm.AlarmArn, alarm.AlarmConfigurationUpdatedTimestamp = nil, nil, nil
		alarm.StateValue, alarm.StateReason, alarm.StateReasonData, alarm.StateUpdatedTimestamp, alarm.StateTransitionedTimestamp = "", nil, nil, nil, nil
		said := anonymous(text(alarm), group) + " tags " + strings.Join(slices.Sorted(slices.Values(marks)), " ")
		for arn, name := range own {
			said = strings.ReplaceAll(said, `"`+arn+`"`, `"`+name+`"`)
		}
		found[said] = now
	}
	return found
}

// anonymous is a description without the group's name where it stands for the group.
func anonymous(described, group string) string {
	return strings.NewReplacer(`"Name":"AutoScalingGroupName","Value":"`+group+`"`, `"Name":"AutoScalingGroupName","Value":"<group>"`,
		`\"`+group+`\"`, `\"<group>\"`).Replace(described)
}

// asleep is an item that does not act, awake one that does again.
func asleep(item string) string {
	return strings.NewReplacer(`"ActionsEnabled":true`, `"ActionsEnabled":false`, `"Mode":"ForecastAndScale"`, `"Mode":"ForecastOnly"`).Replace(item)
}

// unarmed is an item as green has it until it is armed.
func unarmed(item string) string {
	return strings.ReplaceAll(asleep(item), `"Enabled":true`, `"Enabled":false`)
}

func awake(item string) string {
	return strings.NewReplacer(`"ActionsEnabled":false`, `"ActionsEnabled":true`, `"Mode":"ForecastOnly"`, `"Mode":"ForecastAndScale"`).Replace(item)
}

func sameItems(a, b items) bool {
	return maps.EqualFunc(a, b, func(time.Time, time.Time) bool { return true })
}

// takesTraffic holds a fleet that joins its first target group against what it is a copy of: all acts that needs no target group.
func (s *scaling) takesTraffic(a *apiCall, group string) {
	view, _ := s.w.r.AWS.Groups.View(group)
	lock := s.w.r.Record().Lock
	if len(view.Attachments) > 1 || lock == nil || lock.Deployment.Green != group || lock.Deployment.Revives || s.byHand[group] {
		return
	}
	if lock.Stage == ledger.Removing { // the call comes late, and green goes
		return
	}
	now := s.of(group)
	for _, item := range s.owed(group, lock.Deployment.Blue) {
		if _, has := now[item]; !has && !strings.Contains(item, `"ResourceLabel":"`) {
			s.breaks("%s, and %s takes traffic without %s", a, group, item)
		}
	}
}

// owed are the items that a copy must have: blue had them when it was copied, and others want them still.
func (s *scaling) owed(group, blue string) []string {
	copied, ok := s.w.endStates.copiedAt[group]
	var all []string
	for item, since := range s.atCopy[group] {
		if at, still := s.wanted[blue][item]; ok && still && at.Equal(since) && copied.Sub(since) > settled {
			all = append(all, item)
		}
	}
	return slices.Sorted(slices.Values(all))
}

func (s *scaling) executionEnded(arn, end, _ string) {
	switch end {
	case deploy.EndSucceeded, deploy.EndRolledBack, deploy.EndRejected:
	default:
		return
	}
	record := s.w.r.Record()
	if !s.w.deploys(arn) || heldByAnother(record, arn) || record.Lock != nil {
		return
	}
	for _, wrong := range s.wrong(record) {
		s.breaks("%s, but %s", end, wrong)
	}
	if live := s.live(record); s.wanted[live] == nil {
		s.adopt(live)
	}
}

// adopt takes what a group has for what others want of it, and have wanted all along.
func (s *scaling) adopt(group string) {
	s.wanted[group] = make(items)
	for item := range s.of(group) {
		s.wanted[group][item] = time.Time{}
	}
	delete(s.byHand, group)
}

func (s *scaling) atRest() []string {
	if record := s.w.r.Record(); record.Lock == nil {
		return s.wrong(record)
	}
	return nil
}

func (s *scaling) live(record ledger.Record) string {
	if record.Lineage == "" {
		return s.w.endStates.live
	}
	return record.Live
}

// wrong is what is wrong with the lineage's policies and alarms while nothing is under way.
func (s *scaling) wrong(record ledger.Record) []string {
	var found []string
	live := s.live(record)
	for _, group := range s.w.r.AWS.Groups.Names() {
		now := s.of(group)
		switch want := s.wanted[group]; {
		case !slices.Contains(s.w.lineage, group):
		case group == live && want != nil:
			found = append(found, differ(group, want, now, func(item string) []string { return []string{item} })...)
		case group == live:
			found = append(found, s.copies(group, record, now)...)
		default:
			found = append(found, differ(group, want, now, func(item string) []string { return []string{asleep(item), item} })...)
			for item := range now {
				if since, set := want[item]; item != asleep(item) && !(set && since.After(s.replaced[group])) { // others wake what they want
					found = append(found, group+" stands by, and this acts: "+item)
				}
			}
		}
	}
	return append(found, s.left(record)...)
}

// differ is what a group lacks and has too much. Of what is wanted it may have one of some forms.
func differ(group string, want, now items, forms func(string) []string) []string {
	var found []string
	known := make(map[string]bool)
	for _, item := range slices.Sorted(maps.Keys(want)) {
		has := false
		for _, form := range forms(item) {
			_, there := now[form]
			has, known[form] = has || there, true
		}
		if !has {
			found = append(found, group+" lacks "+item)
		}
	}
	for _, item := range slices.Sorted(maps.Keys(now)) {
		if !known[item] {
			found = append(found, group+" has too much: "+item)
		}
	}
	return found
}

// copies holds the live group against the one that it is a copy of.
func (s *scaling) copies(group string, record ledger.Record, now items) []string {
	at := slices.IndexFunc(record.Outcomes, func(o ledger.Outcome) bool { return o.Green == group && o.End == deploy.EndSucceeded })
	if at < 0 || s.byHand[group] {
		return nil
	}
	blue := record.Outcomes[at].Blue
	var found []string
	for _, item := range s.owed(group, blue) {
		if _, has := now[item]; !has {
			found = append(found, group+" lacks "+item)
		}
	}
	known := make(map[string]bool)
	for item := range s.wanted[blue] {
		known[item] = true
	}
	for item := range s.atCopy[group] {
		_, still := s.wanted[blue][item]
		known[item], known[unarmed(item)] = true, known[unarmed(item)] || !still // others took it from blue before green was armed
	}
	for _, item := range slices.Sorted(maps.Keys(now)) {
		if !known[item] {
			found = append(found, group+" has too much: "+item)
		}
	}
	return found
}

// left are alarms that deployments have made for a group that is gone, but for those that AWS does not delete, and those that the next
// deployment takes away.
func (s *scaling) left(record ledger.Record) []string {
	arns := make(map[string]bool)
	for _, group := range s.w.r.AWS.Groups.Names() {
		for _, policy := range s.w.r.AWS.Groups.Policies(group) {
			arns[aws.ToString(policy.PolicyARN)] = true
		}
	}
	var found []string
	alarms, tags := s.w.r.AWS.Alarms.Metric()
	for _, alarm := range alarms {
		acts := slices.ContainsFunc(actionsOf(alarm), func(action string) bool { return arns[action] })
		later := slices.ContainsFunc(record.Outcomes, func(o ledger.Outcome) bool {
			return tagged(tags[*alarm.AlarmName], deploy.TagExecution, o.Execution) && !s.w.endStates.overdue(o, record)
		})
		if !acts && !later && !s.w.r.AWS.Alarms.Named(*alarm.AlarmName) && tagged(tags[*alarm.AlarmName], deploy.TagLineage, s.w.r.World.GroupName) {
			found = append(found, "alarm "+*alarm.AlarmName+" is left")
		}
	}
	return found
}

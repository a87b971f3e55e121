package invariant

import (
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"bluegreen/internal/deploy"
	"bluegreen/internal/ledger"
	localasg "bluegreen/internal/localaws/autoscaling"
)

// ownership holds promise 5: what a function creates carries the deployment's tags; of what it did not create it changes
// only what the promise names of blue, and only once the record has the original; it deletes nothing else.
type ownership struct {
	base
	shapes []shape         // what the live fleet was like by others' doing, one after the other
	made   map[string]bool // launch configurations that functions have made, which have no tags

	versionsMade map[string]string // versions of launch templates that functions have made, by "id number", with the execution
	served       string            // deployment in place whose new instances have served, by its execution
}

// shape is what the record keeps of blue before it changes it.
type shape struct {
	group     string
	sizes     deploy.Sizes
	processes string
	pool      string // sizes of its warm pool; empty: it has none
	versions  string // of the launch templates that it names, by place
}

func newOwnership(b base, s snapshot) invariant {
	o := &ownership{base: b, made: make(map[string]bool), versionsMade: make(map[string]string)}
	for _, fleet := range s.fleets {
		o.shapes = append(o.shapes, shapeOf(fleet))
	}
	b.w.ownership = o
	return o
}

func shapeOf(fleet localasg.GroupView) shape {
	pool := ""
	if configuration := fleet.Shown.WarmPoolConfiguration; configuration != nil {
		pool = poolSizes(*configuration)
	}
	return shape{
		pool: pool, group: fleet.Name, sizes: deploy.Sizes{Min: fleet.Min, Max: fleet.Max, Desired: fleet.Desired},
		processes: strings.Join(fleet.Suspended, ", "), versions: strings.Join(namedVersions(fleet.Shown), ", "),
	}
}

// look notes what the fleets are like by others' doing, or when no deployment has changed them yet.
func (o *ownership) look(s snapshot, by *apiCall) {
	o.newServe(s)
	for _, fleet := range s.fleets {
		now := shapeOf(fleet)
		known := slices.ContainsFunc(o.shapes, func(at shape) bool { return at.group == now.group })
		if (!by.deployment() || !known || now.group != o.w.blue()) && !slices.Contains(o.shapes, now) {
			o.shapes = append(o.shapes, now)
		}
	}
}

// blue is the group that a deployment replaces now.
func (w *Watcher) blue() string {
	if lock := w.r.Record().Lock; lock != nil {
		return lock.Deployment.Blue
	}
	return w.endStates.live
}

// right is what a function may do to a group that the deployment did not create, if that is blue.
type right struct {
	blue     bool // at all
	recorded bool // only once the record has the original
	leaving  bool // only once the record says that blue leaves its target groups
}

// rights are the writes that functions may make. Of what the deployment created every one of them is allowed.
var rights = map[string]right{
	"UpdateAutoScalingGroup":         {blue: true, recorded: true},
	"SetDesiredCapacity":             {blue: true, recorded: true},
	"SuspendProcesses":               {blue: true, recorded: true},
	"ResumeProcesses":                {blue: true, recorded: true},
	"SetInstanceProtection":          {blue: true, recorded: true},
	"CreateOrUpdateTags":             {blue: true, recorded: true},
	"DeleteTags":                     {blue: true, recorded: true},
	"AttachLoadBalancerTargetGroups": {blue: true, recorded: true},
	"DetachLoadBalancerTargetGroups": {blue: true, recorded: true, leaving: true},
	"AttachLoadBalancers":            {blue: true, recorded: true},
	"DetachLoadBalancers":            {blue: true, recorded: true, leaving: true},
	"AttachTrafficSources":           {blue: true, recorded: true},
	"DetachTrafficSources":           {blue: true, recorded: true, leaving: true},
	"CompleteLifecycleAction":        {blue: true},
	"RecordLifecycleActionHeartbeat": {blue: true},
	"SendCommand":                    {blue: true},
	"PutLifecycleHook":               {},
	"PutScalingPolicy":               {blue: true, recorded: true},
	"EnableMetricsCollection":        {},
	"PutScheduledUpdateGroupAction":  {},
	"PutNotificationConfiguration":   {},
	"DeleteLifecycleHook":            {},
	"DeleteAutoScalingGroup":         {},
	"DeleteWarmPool":                 {},
	"PutWarmPool":                    {blue: true, recorded: true},
	"TerminateInstances":             {},
}

// beforeWrite holds the promise against a function's write.
func (o *ownership) beforeWrite(a *apiCall) {
	record := o.w.r.Record()
	switch input := a.input.(type) {
	case *dynamodb.PutItemInput:
		o.ledgerOnly(a, aws.ToString(input.TableName))
		return
	case *dynamodb.UpdateItemInput:
		o.ledgerOnly(a, aws.ToString(input.TableName))
		return
	case *autoscaling.CreateAutoScalingGroupInput:
		tags := make(map[string]string)
		for _, tag := range input.Tags {
			tags[aws.ToString(tag.Key)] = aws.ToString(tag.Value)
		}
		o.tagged(a, aws.ToString(input.AutoScalingGroupName), tags, record)
		o.pinned(a, record)
		return
	}
	if o.place(a, record) || o.source(a, record) || o.traffic(a, record) || o.build(a, record) {
		return
	}
	if a.service == "monitoring" {
		o.alarms(a, record)
		return
	}
	may, known := rights[a.operation]
	if !known {
		o.breaks("%s: the promise does not allow this write", a)
		return
	}
	if o.w.fence.late(a, record) { // the one write that promise 6 excuses: it was the deployment's when it was sent
		return
	}
	for _, group := range o.subjects(a.input) {
		o.allowed(a, group, may, record)
	}
}

func (o *ownership) ledgerOnly(a *apiCall, table string) {
	if table != o.w.r.World.LedgerTable {
		o.breaks("%s writes to table %s, which is not the ledger", a, table)
	}
}

// tagged checks the tags of what is created.
func (o *ownership) tagged(a *apiCall, name string, tags map[string]string, record ledger.Record) {
	want := map[string]string{deploy.TagExecution: a.execution, deploy.TagLineage: o.w.r.World.GroupName}
	if record.Lock != nil {
		want[deploy.TagExecution], want[deploy.TagProject] = record.Lock.Deployment.Execution, record.Lock.Deployment.Project
	}
	for key, value := range want {
		if tags[key] != value {
			o.breaks("%s creates %s without its tag %s=%s", a, name, key, value)
		}
	}
}

// subjects are the groups that a write is about: that it names, or that the instances belong to that it names.
func (o *ownership) subjects(input any) []string {
	value := reflect.ValueOf(input).Elem()
	if name := value.FieldByName("AutoScalingGroupName"); name.IsValid() {
		return []string{aws.ToString(name.Interface().(*string))}
	}
	var groups []string
	if tags := value.FieldByName("Tags"); tags.IsValid() {
		for i := range tags.Len() {
			if id := tags.Index(i).FieldByName("ResourceId"); id.IsValid() {
				groups = append(groups, aws.ToString(id.Interface().(*string)))
			}
		}
	}
	if ids := value.FieldByName("InstanceIds"); ids.IsValid() {
		members := o.w.snapshot().members
		for _, id := range ids.Interface().([]string) {
			group := "instance " + id
			if m, ours := members[id]; ours {
				group = m.fleet.Name
			} else if h, was := o.w.grace.held[id]; was { // it has gone since: the call was under way
				group = h.group
			}
			groups = append(groups, group)
		}
	}
	slices.Sort(groups)
	return slices.Compact(groups)
}

// allowed holds a write about one group against the promise. Without the lock there is no deployment whose blue it could
// be, which is promise 6's to tell.
func (o *ownership) allowed(a *apiCall, group string, may right, record ledger.Record) {
	lock := record.Lock
	if lock == nil || lock.Execution != a.execution {
		lock = &ledger.Lock{
			Stage:      ledger.Leaving,
			Deployment: deploy.Deployment{Execution: a.execution, Blue: o.w.endStates.live},
			Changes:    []ledger.Change{{}},
		}
	} else if group == lock.Deployment.Blue {
		o.remembered(a, record)
		o.versions(a, record)
	}
	d := lock.Deployment
	view, exists := o.w.r.AWS.Groups.View(group)
	switch {
	case exists && view.Tags[deploy.TagExecution] == d.Execution:
	case !exists && group == d.Green: // its own, and gone meanwhile
	case d.Revives && group == d.Green && may.blue && (lock.Stage == ledger.Committed || record.Previous != nil && record.Previous.Name == group):
		o.onBlue(a) // the fleet that blue replaced comes back; until the commit the record says what it was like
	case strings.HasPrefix(a.operation, "Delete") && group == d.Blue && d.BlueAfter == deploy.AfterDelete && lock.Stage == ledger.Committed:
		if left := len(view.Instances) + len(view.Warm); left > 0 {
			o.breaks("%s deletes what is of blue %s, which has %d instances", a, group, left)
		}
	case group != d.Blue || !may.blue:
		o.breaks("%s changes %s, which the deployment did not create", a, group)
	case may.recorded && !recorded(a, lock) && lock.Stage != ledger.Committed:
		o.breaks("%s changes blue %s before the record has what it was like", a, group)
	case may.leaving && !lock.BlueLeft() && lock.Stage != ledger.Committed:
		o.breaks("%s takes blue %s out of its target groups before the record says so", a, group)
	default:
		o.onBlue(a)
	}
}

// onBlue checks that an update of blue changes nothing but its sizes and the version of its template.
func (o *ownership) onBlue(a *apiCall) {
	input, ok := a.input.(*autoscaling.UpdateAutoScalingGroupInput)
	if !ok {
		return
	}
	value := reflect.ValueOf(*input)
	for i := range value.NumField() {
		field := value.Type().Field(i)
		switch field.Name {
		case "AutoScalingGroupName", "MinSize", "MaxSize", "DesiredCapacity", "LaunchTemplate", "MixedInstancesPolicy":
			continue // versions holds what it launches from
		}
		if field.IsExported() && !value.Field(i).IsZero() {
			o.breaks("%s changes %s of blue %s", a, field.Name, *input.AutoScalingGroupName)
		}
	}
}

// scheduled notes what a fleet is like by a run of its scheduled actions, by AWS or by a function.
func (o *ownership) scheduled(group string, run traits) {
	for _, was := range slices.Backward(o.shapes) {
		if was.group != group {
			continue
		}
		for trait, size := range map[string]*int{traitMin: &was.sizes.Min, traitMax: &was.sizes.Max} {
			if n, err := strconv.Atoi(run[trait]); err == nil {
				*size = n
			}
		}
		if !slices.Contains(o.shapes, was) {
			o.shapes = append(o.shapes, was)
		}
		return
	}
}

// remembered checks that each thing that the record says of blue was so by others' doing at some time: they may have
// changed one and not the other since.
func (o *ownership) remembered(a *apiCall, record ledger.Record) {
	blue := record.Lock.Deployment.Blue
	type said struct {
		what string
		same func(shape) bool
	}
	if view, exists := o.w.r.AWS.Groups.View(blue); exists { // runs that are carried out a moment early
		for _, run := range slices.Concat(o.w.schedules.handed, o.w.ahead(view)) {
			o.scheduled(blue, run)
		}
	}
	var all []said
	if c := record.Lock.Change(ledger.KindMin, blue); c != nil {
		all = append(all, said{"the minimum " + c.Was, func(was shape) bool { return strconv.Itoa(was.sizes.Min) == c.Was }})
	}
	for place := range 1 + len(record.Lock.Changes) {
		if c := record.Lock.Change(ledger.KindVersion, ledger.Place(blue, place)); c != nil {
			all = append(all, said{"the launch template version " + c.Was, func(was shape) bool { return was.named(place, c.Was) }})
		}
	}
	if previous := record.Previous; record.Lock.Stage == ledger.Committed && previous != nil && previous.Name == blue {
		processes := strings.Join(slices.Sorted(slices.Values(previous.Suspended)), ", ")
		all = append(all,
			said{fmt.Sprintf("the minimum %d", previous.Sizes.Min), func(was shape) bool { return was.sizes.Min == previous.Sizes.Min }},
			said{fmt.Sprintf("the maximum %d", previous.Sizes.Max), func(was shape) bool { return was.sizes.Max == previous.Sizes.Max }},
			// Others may have changed some while one was suspended by the deployment.
			said{"suspended processes " + processes, func(was shape) bool {
				return was.processes == processes || o.w.endStates.expected[blue][traitProcesses] == processes
			}})
		for _, c := range previous.Quieted {
			if c.Kind == ledger.KindPool {
				all = append(all, said{"the sizes " + c.Was + " of its warm pool", func(was shape) bool { return was.pool == c.Was }})
			}
		}
	}
	for _, s := range all {
		if !slices.ContainsFunc(o.shapes, func(was shape) bool { return was.group == blue && s.same(was) }) {
			o.breaks("%s changes blue %s, of which the record says %s: it never was so", a, blue, s.what)
		}
	}
}

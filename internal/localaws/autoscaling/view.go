package autoscaling

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling/types"
)

// view is what describes show of a group at one moment. It never changes once made.
type view struct {
	group       types.AutoScalingGroup
	warm        []types.Instance // in its warm pool
	hooks       []types.LifecycleHook
	attachments []attachment
}

// pastView is a view that a write has replaced but that describes still show for a while; a nil view is a group that
// did not exist.
type pastView struct {
	view  *view
	until time.Time
}

// write is called before a request changes the group: describes go on showing what was there for the describe lag.
func (g *group) write() { g.in.remember(g.name, g.view()) }

func (in *Groups) remember(name string, v *view) {
	lag := in.account.Draw(in.settings.DescribeLag)
	if lag <= 0 {
		return
	}
	now := in.account.Now()
	past := slices.DeleteFunc(in.past[name], func(p pastView) bool { return !now.Before(p.until) })
	until := now.Add(lag)
	if len(past) > 0 && past[len(past)-1].until.After(until) {
		until = past[len(past)-1].until // what a reader sees never goes back in time
	}
	in.past[name] = append(past, pastView{v, until})
}

// shown is what describes show of a name now, nil when that is nothing.
func (in *Groups) shown(name string) *view {
	now := in.account.Now()
	for len(in.past[name]) > 0 {
		first := in.past[name][0]
		if now.Before(first.until) {
			return first.view
		}
		in.past[name] = in.past[name][1:]
	}
	delete(in.past, name)
	if g, ok := in.groups[name]; ok {
		return g.view()
	}
	return nil
}

// seen is what describes of one group show; AWS's error when that is nothing.
func (in *Groups) seen(name *string) (*view, error) {
	if name == nil {
		return nil, missing("AutoScalingGroupName")
	}
	if v := in.shown(*name); v != nil {
		return v, nil
	}
	return nil, groupNotFound(*name)
}

// Described is a group as describes show it now: what was written within the lag shows no effect yet.
func (in *Groups) Described(name string) (types.AutoScalingGroup, bool) {
	v := in.shown(name)
	if v == nil {
		return types.AutoScalingGroup{}, false
	}
	return v.group, true
}

// allSeen are the groups that describes show, by name.
func (in *Groups) allSeen() []*view {
	names := maps.Clone(in.past)
	for name := range in.groups {
		names[name] = nil
	}
	var views []*view
	for _, name := range slices.Sorted(maps.Keys(names)) {
		if v := in.shown(name); v != nil {
			views = append(views, v)
		}
	}
	return views
}

// view is the group as it is.
func (g *group) view() *view {
	if g.cached != nil {
		return g.cached
	}
	v := &view{group: g.spec, hooks: g.hooks}
	v.group.Instances = nil
	for _, m := range g.members {
		if m.warm() {
			v.warm = append(v.warm, m.shown())
			continue
		}
		v.group.Instances = append(v.group.Instances, m.shown())
	}
	if g.spec.WarmPoolConfiguration != nil {
		v.group.WarmPoolSize = aws.Int32(int32(g.poolSize()))
	}
	for _, a := range g.attachments {
		v.attachments = append(v.attachments, *a)
		if a.state == removing {
			continue
		}
		switch {
		case a.trafficSource:
		case a.kind == ofClassic:
			v.group.LoadBalancerNames = append(v.group.LoadBalancerNames, a.identifier)
		default:
			v.group.TargetGroupARNs = append(v.group.TargetGroupARNs, a.identifier)
		}
		v.group.TrafficSources = append(v.group.TrafficSources,
			types.TrafficSourceIdentifier{Identifier: aws.String(a.identifier), Type: aws.String(a.kind)})
	}
	for _, process := range slices.Sorted(maps.Keys(g.suspended)) {
		v.group.SuspendedProcesses = append(v.group.SuspendedProcesses,
			types.SuspendedProcess{ProcessName: aws.String(process), SuspensionReason: aws.String(g.suspended[process])})
	}
	if g.deleting {
		v.group.Status = aws.String("Delete in progress")
	}
	g.cached = v
	return v
}

func (m *member) shown() types.Instance {
	i := types.Instance{
		InstanceId: aws.String(m.id), InstanceType: aws.String(m.instanceType), ImageId: aws.String(m.imageID),
		AvailabilityZone: aws.String(m.zone), LifecycleState: m.state, HealthStatus: aws.String(m.health()),
		ProtectedFromScaleIn: aws.Bool(m.protected), LaunchTemplate: m.template, WeightedCapacity: m.weightedCapacity,
	}
	if m.configuration != "" {
		i.LaunchConfigurationName = aws.String(m.configuration)
	}
	return i
}

// GroupView is a group for those who watch the model: as it is, without the lag of describes.
type GroupView struct {
	Name, ARN         string
	Min, Max, Desired int
	HealthCheckType   string
	Suspended         []string // processes, in order
	Tags              map[string]string
	Hooks             []string // names
	Attachments       []AttachmentView
	Instances         []InstanceView // in the order of their launch
	Warm              []InstanceView // in the warm pool, in the order of their launch
	Refreshing        bool           // an instance refresh is under way
	Deleting          bool

	Shown          types.AutoScalingGroup // as describes will show it once they do not lag; not to be changed
	LifecycleHooks []types.LifecycleHook  // the same
	Notifications  map[string][]string    // types of events that topics get, by topic
	Schedule       []types.ScheduledUpdateGroupAction
}

// AttachmentView is a target group or a Classic Load Balancer of a group. Groups.Standing says how an instance stands with it.
type AttachmentView struct {
	TargetGroupARN   string // empty for a Classic Load Balancer
	LoadBalancerName string // of a Classic Load Balancer
	State            string // Adding, Added, InService, Removing
	TrafficSource    bool   // attached by AttachTrafficSources
}

// Source is what sends the traffic: the target group's ARN, or the name of the Classic Load Balancer.
func (v AttachmentView) Source() string { return cmp.Or(v.TargetGroupARN, v.LoadBalancerName) }

func (a *attachment) shown() AttachmentView {
	shown := AttachmentView{State: a.state, TrafficSource: a.trafficSource}
	if a.kind == ofClassic {
		shown.LoadBalancerName = a.identifier
	} else {
		shown.TargetGroupARN = a.identifier
	}
	return shown
}

// InstanceView is an instance of a group.
type InstanceView struct {
	ID              string
	State           string // lifecycle state, e.g. "Terminating:Wait"
	Healthy         bool
	Zone            string
	Protected       bool // from scale-in
	ImageID         string
	TemplateID      string    // of its launch template; empty with a launch configuration
	TemplateVersion string    // a number; empty as the template is
	Since           time.Time // launch, or attachment
	Weight          int       // of the group's capacity, that it counts for
}

// GroupOf is the name of the group that an instance is a member of; empty: of none.
func (in *Groups) GroupOf(instanceID string) string {
	if m, ok := in.members[instanceID]; ok {
		return m.group.name
	}
	return ""
}

// View is a group by its name, also one that is being deleted. It is the caller's own.
func (in *Groups) View(name string) (GroupView, bool) {
	g, ok := in.groups[name]
	if !ok {
		return GroupView{}, false
	}
	v := GroupView{
		Name: g.name, ARN: *g.spec.AutoScalingGroupARN, Min: g.min(), Max: g.max(), Desired: g.desired(),
		HealthCheckType: *g.spec.HealthCheckType, Suspended: slices.Sorted(maps.Keys(g.suspended)),
		Tags: make(map[string]string, len(g.spec.Tags)), Refreshing: g.activeRefresh() != nil, Deleting: g.deleting,
		Shown: g.view().group, LifecycleHooks: g.hooks, Notifications: make(map[string][]string, len(g.subscriptions)),
	}
	for _, s := range g.subscriptions {
		v.Notifications[s.topic] = s.types
	}
	for _, s := range g.schedules {
		v.Schedule = append(v.Schedule, s.action)
	}
	for _, tag := range g.spec.Tags {
		v.Tags[*tag.Key] = aws.ToString(tag.Value)
	}
	for _, hook := range g.hooks {
		v.Hooks = append(v.Hooks, *hook.LifecycleHookName)
	}
	for _, a := range g.attachments {
		v.Attachments = append(v.Attachments, a.shown())
	}
	for _, m := range g.members {
		i := InstanceView{
			ID: m.id, State: string(m.state), Healthy: m.sickness == "", Zone: m.zone, Protected: m.protected,
			ImageID: m.imageID, Since: m.launched, Weight: m.weight,
		}
		if m.template != nil {
			i.TemplateID, i.TemplateVersion = *m.template.LaunchTemplateId, *m.template.Version
		}
		if m.warm() {
			v.Warm = append(v.Warm, i)
			continue
		}
		v.Instances = append(v.Instances, i)
	}
	return v, true
}

package localaws

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"time"

	localcloudwatch "bluegreen/internal/localaws/cloudwatch"
	localelb "bluegreen/internal/localaws/elbv2"
)

// Load is how much work arrives, and what it takes.
type Load struct {
	Requests float64 // a minute
	Open     float64 // connections that clients keep open for as long as targets are there; a Network Load Balancer counts them
	Capacity float64 // requests a minute that take all of an instance's CPU; 0 is DefaultCapacity
	Failing  float64 // part of the requests that targets answer with a 5XX, 0 to 1
}

func (l Load) any() bool { return l.Requests > 0 || l.Open > 0 }

// DefaultCapacity is what an instance does, in requests a minute, where no load says something else.
const DefaultCapacity = 600

// Loads is the load on the account's fleets, which the metrics of CloudWatch follow: without a load nothing is recorded,
// and costs nothing. Each minute requests are spread over the targets that get them then, and CPU is what they take of
// each instance. Its methods are called with the account's lock held.
type Loads struct {
	aws       *AWS
	listeners map[string]Load // by ARN, or name:port of a Classic Load Balancer
	targets   map[string]Load // by target group ARN
	groups    map[string]Load // by name of the Auto Scaling group
	names     map[string]*namedLoad
	counted   work                  // that the data plane saw in this minute
	counts    Load                  // what requests take that it sees
	carried   func() map[string]int // what is under way through it now, by target group; nil: there is no data plane
	running   bool
}

func newLoads(a *AWS) *Loads {
	l := &Loads{
		aws: a, listeners: map[string]Load{}, targets: map[string]Load{}, groups: map[string]Load{}, names: map[string]*namedLoad{}, counted: newWork(),
	}
	a.Alarms.Feed("AWS/AutoScaling", a.recordGroups)
	return l
}

// OnListener sets the load of a listener: its default rule spreads it over target groups by their weights. A load without
// requests and connections ends it.
func (l *Loads) OnListener(listenerARN string, load Load) { l.set(l.listeners, listenerARN, load) }

// OnTargetGroup sets the load of a target group, in place of what listeners would send there.
func (l *Loads) OnTargetGroup(targetGroupARN string, load Load) {
	l.set(l.targets, targetGroupARN, load)
}

// OnGroup sets the load of an Auto Scaling group without a load balancer, e.g. of one that works on a queue: it is spread
// over the instances in service.
func (l *Loads) OnGroup(name string, load Load) { l.set(l.groups, name, load) }

func (l *Loads) set(loads map[string]Load, of string, load Load) {
	if !load.any() {
		delete(loads, of)
		return
	}
	loads[of] = load
	l.run()
}

// Counted sets what the requests take that the data plane sends: so many a minute take all of an instance's CPU.
func (l *Loads) Counted(capacity float64) { l.counts.Capacity = capacity }

// Count counts a request that the data plane sends to an instance: of a target group, by its ARN, or of a Classic Load
// Balancer, by its name.
func (l *Loads) Count(group, instanceID string) {
	l.counted.of(group).add(instanceID, 1, l.counts)
	l.run()
}

// Carried sets what tells the requests and connections that are under way now, by target group's ARN or Classic Load Balancer's name.
func (l *Loads) Carried(now func() map[string]int) { l.carried = now }

// CountFailure counts a request that a load balancer answers itself with a 5XX, since no target of a group did.
func (l *Loads) CountFailure(group string) {
	l.counted.of(group).unserved++
	l.run()
}

// run has the load recorded at the end of each minute for as long as there is any.
func (l *Loads) run() {
	if l.running {
		return
	}
	l.running = true
	localcloudwatch.EachMinute(l.aws.Account, func(minute time.Time) bool {
		done := l.spread()
		l.counted = newWork()
		l.record(minute, done)
		l.running = len(l.listeners)+len(l.targets)+len(l.groups)+len(l.names) > 0 || len(done.targets) > 0
		return l.running
	})
}

// work is what was done in a minute.
type work struct {
	targets map[string]*share // by target group ARN, or name of a Classic Load Balancer
	groups  map[string]*share // of groups without a load balancer, by name
}

func newWork() work { return work{targets: map[string]*share{}, groups: map[string]*share{}} }

// share is what reached the instances of a target group or Auto Scaling group.
type share struct {
	requests, failed float64
	open             float64            // connections, at the minute's end
	used             map[string]float64 // CPU by instance, 1 is all of it
	unserved         float64            // requests that met no target
}

func (w work) of(group string) *share { return shareOf(w.targets, group) }

func shareOf(shares map[string]*share, of string) *share {
	if shares[of] == nil {
		shares[of] = &share{used: map[string]float64{}}
	}
	return shares[of]
}

func (s *share) add(instanceID string, requests float64, load Load) {
	s.requests += requests
	s.failed += requests * load.Failing
	s.used[instanceID] += requests / cmp.Or(load.Capacity, DefaultCapacity)
}

// over spreads a load over instances by their weights, of which 0 is 1.
func (s *share) over(targets []localelb.RoutedTarget, load Load) {
	if len(targets) == 0 {
		s.unserved += load.Requests
	}
	if len(targets) > 0 {
		s.open += load.Open
	}
	weights := 0.0
	for _, target := range targets {
		weights += cmp.Or(target.Weight, 1)
	}
	for _, target := range targets {
		s.add(target.InstanceID, load.Requests*cmp.Or(target.Weight, 1)/weights, load)
	}
}

// spread is what the loads of this minute make, with what was counted.
func (l *Loads) spread() work {
	done := l.counted
	if l.carried != nil {
		for group, n := range l.carried() {
			done.of(group).open += float64(n)
		}
	}
	for _, arn := range slices.Sorted(maps.Keys(l.listeners)) {
		l.spreadListener(done, arn, l.listeners[arn])
	}
	for _, name := range slices.Sorted(maps.Keys(l.names)) {
		l.spreadName(done, name, l.names[name])
	}
	for _, arn := range slices.Sorted(maps.Keys(l.targets)) {
		if group, ok := l.aws.Reached(arn); ok {
			done.of(arn).over(group.Targets, l.targets[arn])
		}
	}
	for _, name := range slices.Sorted(maps.Keys(l.groups)) {
		shareOf(done.groups, name).over(l.inService(name), l.groups[name])
	}
	return done
}

func (l *Loads) spreadListener(done work, arn string, load Load) {
	rules := l.aws.Route(arn).Rules
	if len(rules) == 0 {
		return
	}
	groups, weights := rules[len(rules)-1].Groups, 0.0 // the default rule is the last
	for _, group := range groups {
		weights += float64(group.Weight)
	}
	for _, group := range groups {
		if _, set := l.targets[group.ARN]; set || group.Weight == 0 {
			continue
		}
		part := load
		part.Requests *= float64(group.Weight) / weights
		part.Open *= float64(group.Weight) / weights
		done.of(group.ARN).over(group.Targets, part)
	}
}

func (l *Loads) inService(groupName string) []localelb.RoutedTarget {
	var targets []localelb.RoutedTarget
	group, _ := l.aws.Groups.View(groupName)
	for _, instance := range group.Instances {
		if instance.State == "InService" {
			targets = append(targets, localelb.RoutedTarget{InstanceID: instance.ID})
		}
	}
	return targets
}

// record records what was done in a minute.
func (l *Loads) record(minute time.Time, done work) {
	l.aws.Alarms.Want("AWS/AutoScaling")
	open := make(map[string]float64) // by Network Load Balancer
	for _, group := range slices.Sorted(maps.Keys(done.targets)) {
		if classic(group) {
			l.recordClassic(minute, group, done.targets[group])
		} else {
			l.recordTargets(minute, group, done.targets[group], open)
		}
	}
	for _, label := range slices.Sorted(maps.Keys(open)) {
		l.put(minute, "AWS/NetworkELB", "ActiveFlowCount", open[label], localcloudwatch.Dimensions{"LoadBalancer": label})
	}
	for _, name := range l.aws.Groups.Names() {
		l.recordCPU(minute, name, done)
	}
}

// recordTargets records the metrics of a target group, with and without its load balancer (aws-facts H2, I7), and adds to the open
// connections of Network Load Balancers. In the model each request to one of these is a connection of its own, which ends at once.
func (l *Loads) recordTargets(minute time.Time, arn string, s *share, open map[string]float64) {
	group, ok := l.aws.Balancers.TargetGroup(arn)
	if !ok || group.LoadBalancerARN() == "" {
		return
	}
	target := localcloudwatch.Dimensions{"TargetGroup": arn[strings.LastIndex(arn, ":")+1:]}
	_, label, _ := strings.Cut(group.LoadBalancerARN(), ":loadbalancer/")
	balancer := localcloudwatch.Dimensions{"LoadBalancer": label}
	both := localcloudwatch.Dimensions{"TargetGroup": target["TargetGroup"], "LoadBalancer": label}
	reached, _ := l.aws.Balancers.Reached(arn)
	healthy := 0.0
	for _, t := range reached.Targets {
		if !t.HealthyAt.IsZero() {
			healthy++
		}
	}
	if strings.HasPrefix(label, "net/") { // a Network Load Balancer counts no requests
		l.put(minute, "AWS/NetworkELB", "HealthyHostCount", healthy, both)
		if s.requests > 0 {
			l.put(minute, "AWS/NetworkELB", "NewFlowCount", s.requests, balancer)
		}
		if s.open > 0 {
			open[label] += s.open
		}
		return
	}
	l.put(minute, "AWS/ApplicationELB", "HealthyHostCount", healthy, both)
	if s.requests > 0 {
		l.put(minute, "AWS/ApplicationELB", "RequestCount", s.requests, both, target, balancer)
		l.put(minute, "AWS/ApplicationELB", "RequestCountPerTarget", s.requests/float64(len(s.used)), both, target)
	}
	if s.failed > 0 {
		l.put(minute, "AWS/ApplicationELB", "HTTPCode_Target_5XX_Count", s.failed, both, target, balancer)
	}
	if s.unserved > 0 {
		l.put(minute, "AWS/ApplicationELB", "HTTPCode_ELB_5XX_Count", s.unserved, balancer)
	}
}

// recordClassic records the metrics of a Classic Load Balancer (aws-facts I7). AWS has them by zone, too.
func (l *Loads) recordClassic(minute time.Time, name string, s *share) {
	reached, ok := l.aws.Classic.Reached(name)
	if !ok {
		return
	}
	balancer := localcloudwatch.Dimensions{"LoadBalancerName": name}
	l.put(minute, "AWS/ELB", "HealthyHostCount", float64(len(reached.Targets)), balancer)
	if s.requests > 0 {
		l.put(minute, "AWS/ELB", "RequestCount", s.requests, balancer)
	}
	if s.failed > 0 {
		l.put(minute, "AWS/ELB", "HTTPCode_Backend_5XX", s.failed, balancer)
	}
	if s.unserved > 0 {
		l.put(minute, "AWS/ELB", "HTTPCode_ELB_5XX", s.unserved, balancer)
	}
}

func (l *Loads) put(minute time.Time, namespace, name string, value float64, dimensions ...localcloudwatch.Dimensions) {
	for _, d := range dimensions {
		l.aws.Alarms.RecordAt(minute, namespace, name, d, value)
	}
}

// recordCPU records what each instance in service of a group that has a load does; one without any is at 0.
func (l *Loads) recordCPU(minute time.Time, name string, done work) {
	view, _ := l.aws.Groups.View(name)
	shares := []*share{}
	if s := done.groups[name]; s != nil {
		shares = append(shares, s)
	}
	for _, attachment := range view.Attachments {
		if s := done.targets[attachment.Source()]; s != nil {
			shares = append(shares, s)
		}
	}
	if len(shares) == 0 {
		return
	}
	for _, instance := range view.Instances {
		if instance.State != "InService" {
			continue
		}
		used := 0.0
		for _, s := range shares {
			used += s.used[instance.ID]
		}
		l.put(minute, "AWS/EC2", "CPUUtilization", min(100, used*100), localcloudwatch.Dimensions{"AutoScalingGroupName": name})
	}
}

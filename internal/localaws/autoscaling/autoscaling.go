// Package autoscaling is a model of Amazon EC2 Auto Scaling: groups that launch, watch, replace and drain instances as
// time passes, with lifecycle hooks, load balancer attachments, scaling activities and instance refreshes.
//
// What AWS does is taken from aws-facts A1 to A5 and from the SDK's documentation. Where AWS decides more finely than a
// caller can see, the model is simpler and says so at the place. Every method is called with the account's lock held,
// but for Service, whose operations the endpoint runs.
//
// A group acts when something about it has changed (reconcile.go), an instance when its own state has (member.go,
// launch.go, terminate.go): nothing polls, so a group at rest costs nothing.
package autoscaling

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/autoscaling/types"

	"bluegreen/internal/localaws/account"
	localec2 "bluegreen/internal/localaws/ec2"
	localclassic "bluegreen/internal/localaws/elb"
	localelb "bluegreen/internal/localaws/elbv2"
	"bluegreen/internal/localaws/wire"
)

// Groups is EC2 Auto Scaling in one account and Region.
type Groups struct {
	account   *account.Account
	compute   *localec2.Compute
	balancers *localelb.LoadBalancers
	settings  Settings

	registries map[string]registry // by kind of traffic source

	groups         map[string]*group
	members        map[string]*member // by instance id
	configurations map[string]*types.LaunchConfiguration
	past           map[string][]pastView        // what describes still show of groups written to a moment ago
	deleted        map[string][]*types.Activity // of groups that are gone, by name
	listeners      []func(groupName string)
	scheduled      []func(group string, action types.ScheduledUpdateGroupAction, due, over bool)
	events         []func(detailType string, resources []string, detail any)
	topics         Topics
	queues         Queues
	alarms         Alarms
	looking        bool // a look at the load balancers is due
	sourceLag      time.Duration
}

// New returns the Auto Scaling of an account that has no groups. It takes the lock itself.
func New(acct *account.Account, compute *localec2.Compute, balancers *localelb.LoadBalancers, classic *localclassic.LoadBalancers, settings Settings) *Groups {
	in := &Groups{
		account: acct, compute: compute, balancers: balancers, settings: settings,
		registries:     map[string]registry{ofTargetGroup: targetGroups{balancers}, ofClassic: classicBalancers{classic}},
		groups:         make(map[string]*group),
		members:        make(map[string]*member),
		configurations: make(map[string]*types.LaunchConfiguration),
		past:           make(map[string][]pastView),
		deleted:        make(map[string][]*types.Activity),
	}
	acct.Lock()
	defer acct.Unlock()
	compute.OnChange(in.instanceChanged)
	balancers.OnChange(in.balancersChanged)
	classic.OnChange(in.balancersChanged)
	return in
}

// OnChange calls f, with the lock held, after anything about a group has changed: its sizes, an instance's state, an
// attachment, its end.
func (in *Groups) OnChange(f func(groupName string)) { in.listeners = append(in.listeners, f) }

// OnScheduled calls f, with the lock held, right before a scheduled action runs or is over: due at its time, also where its process
// is suspended and the run is lost; over when the group has it no longer.
func (in *Groups) OnScheduled(f func(group string, action types.ScheduledUpdateGroupAction, due, over bool)) {
	in.scheduled = append(in.scheduled, f)
}

// Names are the names of the groups that exist, those being deleted too, in order.
func (in *Groups) Names() []string { return slices.Sorted(maps.Keys(in.groups)) }

// sorted are the groups by name.
func (in *Groups) sorted() []*group { return inOrder(in.groups) }

// inOrder are groups by name.
func inOrder(groups map[string]*group) []*group {
	return slices.SortedFunc(maps.Values(groups), func(a, b *group) int { return cmp.Compare(a.name, b.name) })
}

// find returns a group, also one that is being deleted.
func (in *Groups) find(name *string) (*group, error) {
	if name == nil {
		return nil, missing("AutoScalingGroupName")
	}
	g, ok := in.groups[*name]
	if !ok {
		return nil, groupNotFound(*name)
	}
	return g, nil
}

// settable returns a group that a request may change, for the calls that do not name the one that they do not know.
func (in *Groups) settable(name *string) (*group, error) {
	if name != nil && in.groups[*name] == nil {
		return nil, invalid("AutoScalingGroup name not found - null")
	}
	return in.writable(name)
}

// writable returns a group that a request may change.
func (in *Groups) writable(name *string) (*group, error) {
	g, err := in.find(name)
	if err != nil {
		return nil, err
	}
	if g.deleting {
		return nil, wire.Errorf("ValidationError", "The AutoScaling group may not be modified while it is pending delete")
	}
	if g.spec.Operator != nil {
		return nil, &wire.Error{Code: "AccessDenied", Status: 403,
			Message: "Only the operator " + *g.spec.Operator.Principal + " may change the Auto Scaling group " + g.name + "."}
	}
	return g, nil
}

func groupNotFound(name string) error {
	return wire.Errorf("ValidationError", "AutoScalingGroup name not found - AutoScalingGroup '%s' not found", name)
}

func invalid(format string, args ...any) error {
	return wire.Errorf("ValidationError", format, args...)
}

// missing is the answer to a request without a member that it needs.
func missing(member string) error {
	return invalid("1 validation error detected: Value null at '%s' failed to satisfy constraint: Member must not be null",
		strings.ToLower(member[:1])+member[1:])
}

package iam

import (
	"cmp"
	"maps"
	"slices"
	"time"

	ec2types "github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"bluegreen/internal/localaws/account"
	"bluegreen/internal/localaws/wire"
)

// World is what requests' resources are like, as far as conditions ask for it. It is called with the account's lock held.
type World interface {
	// GroupTags are a group's tags, and when it was made.
	GroupTags(name string) (tags map[string]string, made time.Time)
	// GroupOf is the name of the group that an instance is a member of; empty: of none.
	GroupOf(instanceID string) string
	// ComputeTags are those of any resource of EC2, by its id, and when it was made.
	ComputeTags(id string) (tags map[string]string, made time.Time)
	// ImageSnapshots are the ids of an image's snapshots.
	ImageSnapshots(imageID string) []string
	// BalancingTags are the tags of a load balancer, target group, listener or rule, by its ARN.
	BalancingTags(arn string) map[string]string
	// TemplateTags are those of a launch template that is named by its id or name, and when it was made; ok is false where there
	// is none.
	TemplateTags(idOrName string) (id string, tags map[string]string, made time.Time, ok bool)
	// GroupParameters are the parameters of Systems Manager that the launch templates of a group name their images by.
	GroupParameters(name string) []string
	// LaunchTemplate finds a version of a launch template: a number, $Latest, $Default or empty.
	LaunchTemplate(idOrName, version string) (Launch, bool)
	// Launch is what a call of RunInstances launches, by its input; false where the operation itself refuses it.
	Launch(input any) (Launch, bool)
}

// Launch is what a launch takes, by a version of a launch template or by a call.
type Launch struct {
	TemplateID       string // empty: none
	ImageID, KeyName string // empty: none is named
	ImageParameter   string // of Systems Manager, that the image is named by; empty: by its id
	InstanceType     string
	SubnetIDs        []string
	SecurityGroupIDs []string
	InstanceProfile  string   // its name or ARN; empty: none
	Tagged           []string // kinds of resources that the template tags, e.g. instance

	Tags map[ec2types.ResourceType]map[string]string // that the call gives, by kind
}

// Roles are the account's roles that have policies. Its methods are called with the account's lock held, unless they say
// otherwise.
type Roles struct {
	account *account.Account
	world   World
	byName  map[string]*role
	denied  func(call *wire.Call, request Request)
	lag     Lag
}

// role is one role with its policies, those that stand in it and managed ones.
type role struct {
	name     string
	policies map[string]put // by name
	all      statements
	used     map[Use]bool
}

// put is a policy that was put into a role at some time.
type put struct {
	*Policy
	since time.Time
}

// Use is an action that a statement of a role's policies allowed, and no other statement of them did.
type Use struct{ Role, Sid, Action string }

// New returns roles without any.
func New(acct *account.Account, world World) *Roles {
	return &Roles{account: acct, world: world, byName: make(map[string]*role)}
}

// PutPolicy gives a role, by name, a policy, in place of the one of the same name. From its first policy on the
// role may do what its policies allow and nothing else.
func (r *Roles) PutPolicy(roleName, policyName string, policy *Policy) {
	found := r.byName[roleName]
	if found == nil {
		found = &role{name: roleName, policies: make(map[string]put), used: make(map[Use]bool)}
		r.byName[roleName] = found
	}
	found.policies[policyName] = put{policy, r.account.Now()}
	var policies []*Policy
	for _, name := range slices.Sorted(maps.Keys(found.policies)) {
		policies = append(policies, found.policies[name].Policy)
	}
	found.all = newStatements(policies)
}

// OnDenied has f hear of every request that was denied.
func (r *Roles) OnDenied(f func(call *wire.Call, request Request)) { r.denied = f }

// Used returns what has been used so far, in order.
func (r *Roles) Used() []Use {
	var used []Use
	for _, found := range r.byName {
		used = slices.AppendSeq(used, maps.Keys(found.used))
	}
	slices.SortFunc(used, func(a, b Use) int {
		return cmp.Or(cmp.Compare(a.Role, b.Role), cmp.Compare(a.Sid, b.Sid), cmp.Compare(a.Action, b.Action))
	})
	return used
}

// Authorize returns AWS's refusal of a call, or nil when its caller may make it. It takes the lock itself.
func (r *Roles) Authorize(call *wire.Call, input any) error {
	if call.Principal.Role == "" {
		return nil
	}
	r.account.Lock()
	defer r.account.Unlock()
	found, ok := r.byName[call.Principal.Role]
	if !ok {
		return nil
	}
	means, ok := meanings[call.Service+":"+call.Operation]
	if !ok {
		if r.denied != nil {
			r.denied(call, Request{Action: call.Service + ":" + call.Operation, Resource: "*"})
		}
		return wire.NotModelled("which permissions %s:%s takes, and its caller's role %s has policies", call.Service, call.Operation, found.name)
	}
	return means(&asker{roles: r, role: found, call: call, lag: r.lag}, input)
}

// asker asks for the actions that one call means.
type asker struct {
	roles *Roles
	role  *role
	call  *wire.Call
	lag   Lag
}

// may returns AWS's refusal, or nil when the role may do this.
func (a *asker) may(action, resource string, of Keys) error {
	request := Request{Action: action, Resource: resource, Keys: of}
	decision := a.statements().decide(request)
	if decision.Allowed {
		if len(decision.By) == 1 {
			a.role.used[Use{a.role.name, decision.By[0], action}] = true
		}
		return nil
	}
	if a.roles.denied != nil && !a.late(request) {
		a.roles.denied(a.call, request)
	}
	return wire.Denied(a.call, action, resource, decision.Denied)
}

func (a *asker) arn(service, resource string) string { return a.roles.account.ARN(service, resource) }

package localaws

import (
	"slices"
	"strings"
	"time"

	localasg "bluegreen/internal/localaws/autoscaling"
	localelb "bluegreen/internal/localaws/elbv2"
)

// Those who look at traffic need not know whose load balancer sends it. What gets a listener's requests is a group: a target
// group, by its ARN, or the instances of a Classic Load Balancer, by its name. A listener has its ARN, or name:port. The
// methods are called with the account's lock held.

// RefuseLogs has a bucket refuse load balancers' logs from now on, as one does whose policy says nothing of them, or accept them.
func (a *AWS) RefuseLogs(bucket string, refused bool) {
	a.Balancers.RefuseLogs(bucket, refused)
	a.Classic.RefuseLogs(bucket, refused)
}

// balancerExists reports whether there is a load balancer of an ARN.
func (a *AWS) balancerExists(arn string) bool {
	if name, ok := strings.CutPrefix(arn, a.Account.ARN("elasticloadbalancing", "loadbalancer/")); ok && a.Classic.Exists(name) {
		return true
	}
	return a.Balancers.Exists(arn)
}

// healthyBalancer reports whether Route 53 takes the load balancer with a DNS name for healthy. One that is not there is not.
func (a *AWS) healthyBalancer(dnsName string) bool {
	if arn, ok := a.Balancers.Resolve(dnsName); ok {
		return a.Balancers.Evaluate(arn)
	}
	name, ok := a.Classic.Resolve(dnsName)
	if !ok {
		return false
	}
	reached, _ := a.Classic.Reached(name)
	return len(reached.Targets) > 0
}

func classic(name string) bool { return !strings.HasPrefix(name, "arn:") }

// Listeners are the listeners of all load balancers.
func (a *AWS) Listeners() []localelb.ListenerView {
	return slices.Concat(a.Balancers.Listeners(), a.Classic.Listeners())
}

// Route is what a listener does with new requests now.
func (a *AWS) Route(listener string) localelb.Routing {
	if classic(listener) {
		return a.Classic.Route(listener)
	}
	return a.Balancers.Route(listener)
}

// Reached is a group with the instances that get its requests now; false if there is none of the name.
func (a *AWS) Reached(group string) (localelb.RoutedGroup, bool) {
	if classic(group) {
		return a.Classic.Reached(group)
	}
	return a.Balancers.Reached(group)
}

// Standing is how an instance stands with a group; false says that it is not registered there (any more).
func (a *AWS) Standing(group, instanceID string) (localasg.Standing, bool) {
	if classic(group) {
		return a.Groups.Standing(localasg.AttachmentView{LoadBalancerName: group}, instanceID)
	}
	return a.Groups.Standing(localasg.AttachmentView{TargetGroupARN: group}, instanceID)
}

// Carries reports whether requests and connections that are under way to an instance of a group, on the group's own port, go on.
func (a *AWS) Carries(group, instanceID string) bool {
	if classic(group) {
		return a.Classic.Carries(group, instanceID, 0)
	}
	view, ok := a.Balancers.TargetGroup(group)
	return ok && a.Balancers.Carries(group, instanceID, view.Port)
}

// Draining is how long a group lets requests under way finish at most; false if there is none of the name.
func (a *AWS) Draining(group string) (time.Duration, bool) {
	if classic(group) {
		return a.Classic.Draining(group)
	}
	view, ok := a.Balancers.TargetGroup(group)
	if !ok {
		return 0, false
	}
	return view.DeregistrationDelay(), true
}

// BalancingTags are the tags of a load balancer, or of a part of one, by its ARN; nil: there is none.
func (a *AWS) BalancingTags(arn string) map[string]string {
	if tags, ok := a.Balancers.Tags(arn); ok {
		return tags
	}
	_, name, _ := strings.Cut(arn, ":loadbalancer/")
	return a.Classic.Tags(name)
}

// Balancing are the ARNs of all load balancers and target groups.
func (a *AWS) Balancing() []string {
	all := a.Balancers.ARNs()
	for _, name := range a.Classic.Names() {
		all = append(all, a.Account.ARN("elasticloadbalancing", "loadbalancer/"+name))
	}
	return all
}

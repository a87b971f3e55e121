package autoscaling

import (
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling/types"

	localclassic "bluegreen/internal/localaws/elb"
	localelb "bluegreen/internal/localaws/elbv2"
	"bluegreen/internal/localaws/wire"
)

// The kinds of traffic sources, by the API's names.
const (
	ofTargetGroup = "elbv2" // its identifier is an ARN
	ofClassic     = "elb"   // a Classic Load Balancer, its identifier is a name
)

// source names something that sends traffic to a group's members.
type source struct{ kind, identifier string }

func sourcesOf(kind string, identifiers []string) []source {
	var all []source
	for _, identifier := range identifiers {
		all = append(all, source{kind, identifier})
	}
	return all
}

// Standing is how an instance stands with what it is registered with.
type Standing struct {
	Serves   bool // it passes the health checks and gets new requests
	Failed   bool // it has failed the health checks
	Draining bool // it is deregistered and finishes what is under way
}

// registry registers instances with the sources of one kind.
type registry interface {
	exists(identifier string) bool
	Register(identifier, instanceID string) error
	Deregister(identifier, instanceID string) error
	standing(identifier, instanceID string) (s Standing, registered bool)
	missing(identifier string) string // what a launch says that finds no such source
}

type targetGroups struct{ *localelb.LoadBalancers }

func (t targetGroups) exists(arn string) bool {
	_, ok := t.TargetGroup(arn)
	return ok
}

func (t targetGroups) standing(arn, instanceID string) (Standing, bool) {
	health, registered := t.Health(arn, instanceID)
	return Standing{Serves: health.State == "healthy", Failed: health.State == "unhealthy", Draining: health.State == "draining"}, registered
}

func (t targetGroups) missing(string) string {
	return "One or more target groups not found. Validating load balancer configuration failed."
}

type classicBalancers struct{ *localclassic.LoadBalancers }

func (c classicBalancers) exists(name string) bool { return c.Exists(name) }

func (c classicBalancers) standing(name, instanceID string) (Standing, bool) {
	health, registered := c.Health(name, instanceID)
	return Standing{Serves: health.Serves(), Failed: health.Failed(), Draining: health.Draining()}, registered
}

func (c classicBalancers) missing(name string) string {
	return "Cannot find Load Balancer " + name + ". Validating load balancer configuration failed."
}

// Standing is how an instance stands with one of a group's attachments; false says that it is not registered there (any
// more).
func (in *Groups) Standing(a AttachmentView, instanceID string) (Standing, bool) {
	if a.LoadBalancerName != "" {
		return in.registries[ofClassic].standing(a.LoadBalancerName, instanceID)
	}
	return in.registries[ofTargetGroup].standing(a.TargetGroupARN, instanceID)
}

// checkSources refuses sources that do not exist; the texts are recorded ones.
func (in *Groups) checkSources(sources []source) error {
	for _, s := range sources {
		if in.registries[s.kind].exists(s.identifier) {
			continue
		}
		what := map[string]string{ofTargetGroup: "Target Groups", ofClassic: "Load Balancers"}[s.kind]
		return invalid("Provided %s may not be valid. Please ensure they exist and try again.", what)
	}
	return nil
}

// sourcesNamed are what a request names as traffic sources. A Classic Load Balancer's type must be said (SDK).
func sourcesNamed(named []types.TrafficSourceIdentifier) ([]source, error) {
	var all []source
	for _, s := range named {
		identifier, kind := aws.ToString(s.Identifier), aws.ToString(s.Type)
		switch {
		case identifier == "":
			return nil, missing("TrafficSources.member.Identifier")
		case kind == "vpc-lattice", strings.HasPrefix(identifier, "arn:aws:vpc-lattice:"):
			return nil, wire.NotModelled("the traffic source %s: target groups of VPC Lattice", identifier)
		case kind != "" && kind != ofTargetGroup && kind != ofClassic:
			return nil, invalid("Invalid traffic source type: %s. Valid values are: elb, elbv2, vpc-lattice", kind)
		case kind == "" && !strings.HasPrefix(identifier, "arn:"):
			return nil, invalid("The traffic source %s needs a type. Valid values are: elb, elbv2, vpc-lattice", identifier)
		case kind == "":
			kind = ofTargetGroup
		}
		all = append(all, source{kind, identifier})
	}
	return all, nil
}

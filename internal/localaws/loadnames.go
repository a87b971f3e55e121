package localaws

import (
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/route53/types"

	localelb "bluegreen/internal/localaws/elbv2"
	localroute53 "bluegreen/internal/localaws/route53"
)

// namedLoad is the load of those who know a fleet by a name.
type namedLoad struct {
	Load
	port    int32
	clients []*namedClient
}

// namedClient is one of those who know a fleet by a name.
type namedClient struct {
	*localroute53.Resolver
	open string // DNS name of the load balancer that its connections are open to
}

// How those are spread who reach a fleet by a name: so many resolvers, of which the first keep an answer for long, whatever
// its TTL says, as a JVM does for ever by default (aws-facts I4). Long after a change they still come to the former load
// balancer.
const (
	resolvers      = 20
	staleResolvers = 2
	staleHold      = 15 * time.Minute
)

// OnName sets the load of a name, e.g. of an alias record: it comes to the listeners on a port of the load balancers that its
// clients are answered, each by its own resolver. A load without
// requests and connections ends it.
func (l *Loads) OnName(name string, port int32, load Load) {
	if !load.any() {
		delete(l.names, name)
		return
	}
	named := l.names[name]
	if named == nil {
		named = &namedLoad{}
		for n := range resolvers {
			hold := time.Duration(0)
			if n < staleResolvers {
				hold = staleHold
			}
			named.clients = append(named.clients, &namedClient{Resolver: l.aws.Zones.Resolver(hold)})
		}
		l.names[name] = named
	}
	named.Load, named.port = load, port
	l.run()
}

// Reaches reports whether clients send requests to what a name stands for.
func (l *Loads) Reaches(name string) bool {
	named := l.names[name]
	return named != nil && named.Requests+named.Open > 0
}

// Kept are the DNS names that clients of a name keep it to stand for, without asking.
func (l *Loads) Kept(name string) []string {
	var all []string
	if named := l.names[name]; named != nil {
		for _, client := range named.clients {
			if kept := client.Kept(name, types.RRTypeA); kept != "" {
				all = append(all, kept)
			}
		}
	}
	return all
}

// spreadName has each client's part go to what it is answered now; connections that are open stay where they are for as long as anything
// serves them there, whatever the name stands for since (aws-facts I4). A client that is answered no load balancer sends nothing that anybody
// counts.
func (l *Loads) spreadName(done work, name string, named *namedLoad) {
	comes, stays := named.Load, named.Load
	comes.Requests, comes.Open = named.Requests/float64(len(named.clients)), 0
	stays.Requests, stays.Open = 0, named.Open/float64(len(named.clients))
	for _, client := range named.clients {
		dnsName, err := client.Resolve(name, types.RRTypeA)
		if err == nil {
			l.spreadBalancer(done, dnsName, named.port, comes)
		}
		if !l.serves(client.open, named.port) {
			client.open = dnsName
		}
		l.spreadBalancer(done, client.open, named.port, stays)
	}
}

// spreadBalancer spreads a load over the listeners on a port of the load balancer with a DNS name.
func (l *Loads) spreadBalancer(done work, dnsName string, port int32, load Load) {
	for _, arn := range l.listenersAt(dnsName, port) {
		l.spreadListener(done, arn, load)
	}
}

func (l *Loads) listenersAt(dnsName string, port int32) (arns []string) {
	for _, view := range l.aws.Listeners() {
		if view.Port == port && strings.EqualFold(view.DNSName, dnsName) {
			arns = append(arns, view.ARN)
		}
	}
	return arns
}

// serves reports whether a load balancer has a target behind a listener on a port.
func (l *Loads) serves(dnsName string, port int32) bool {
	return slices.ContainsFunc(l.listenersAt(dnsName, port), func(arn string) bool {
		rules := l.aws.Route(arn).Rules
		return len(rules) > 0 && slices.ContainsFunc(rules[len(rules)-1].Groups, func(g localelb.RoutedGroup) bool { return len(g.Targets) > 0 })
	})
}

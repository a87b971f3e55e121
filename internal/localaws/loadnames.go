package localaws

import (
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/route53/types"

	localroute53 "bluegreen/internal/localaws/route53"
)

// namedLoad is the load of those who know a fleet by a name.
type namedLoad struct {
	Load
	port    int32
	clients []*localroute53.Resolver
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
// clients are answered, each by its own resolver. A load without requests ends it.
func (l *Loads) OnName(name string, port int32, load Load) {
	if load.Requests <= 0 {
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
			named.clients = append(named.clients, l.aws.Zones.Resolver(hold))
		}
		l.names[name] = named
	}
	named.Load, named.port = load, port
	l.run()
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

// spreadName has each client's part go to what it is answered now. A client that is answered no load balancer sends nothing
// that anybody counts.
func (l *Loads) spreadName(done work, name string, named *namedLoad) {
	part := named.Load
	part.Requests /= float64(len(named.clients))
	for _, client := range named.clients {
		dnsName, err := client.Resolve(name, types.RRTypeA)
		if err != nil {
			continue
		}
		for _, view := range l.aws.Listeners() {
			if view.Port == named.port && strings.EqualFold(view.DNSName, dnsName) {
				l.spreadListener(done, view.ARN, part)
			}
		}
	}
}

package elb

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// Words are what the load balancer with a DNS name does, a thing a word, for who compares two: without its name.
func (l *LoadBalancers) Words(dnsName string) []string {
	var words []string
	for _, b := range l.balancers {
		if !strings.EqualFold(b.dnsName, dnsName) {
			continue
		}
		attributes, _ := json.Marshal(b.attributes) // plain data
		words = append(words, fmt.Sprintf("%s in %v with %v, checks %+v, %s", b.scheme, idsOf(b.subnets), b.securityGroups, b.check, attributes))
		for _, x := range b.listeners {
			words = append(words, fmt.Sprintf("listener %+v with %v", x.Listener, x.policies))
		}
		for _, p := range b.policies {
			shown, _ := json.Marshal(p) // plain data
			words = append(words, fmt.Sprintf("policy %s", shown))
		}
		for port, names := range b.servers {
			words = append(words, fmt.Sprintf("policies %v on instance port %d", names, port))
		}
	}
	slices.Sort(words)
	return words
}

package elb

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Words are what the load balancer with a DNS name does, a thing a word, for who compares two: without its name and the tags that are of
// one alone.
func (l *LoadBalancers) Words(dnsName string, alone func(tag string) bool) []string {
	var words []string
	for _, b := range l.balancers {
		if !strings.EqualFold(b.dnsName, dnsName) {
			continue
		}
		attributes, _ := json.Marshal(b.attributes) // plain data
		tags := maps.Clone(b.tags)
		maps.DeleteFunc(tags, func(key, _ string) bool { return alone(key) })
		words = append(words, fmt.Sprintf("%s in %v with %v, checks %+v, %s, %v", b.scheme, idsOf(b.subnets), b.securityGroups, b.check, attributes, tags))
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

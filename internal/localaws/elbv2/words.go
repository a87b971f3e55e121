package elbv2

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	localec2 "bluegreen/internal/localaws/ec2"
)

// lifted is what a load balancer that may have to go again does not share with one that stays.
const lifted = "deletion_protection.enabled"

// Words are what the load balancer with a DNS name does, a thing a word, for who compares two: without names, protection from
// deletion, and the tags that are of one alone.
func (l *LoadBalancers) Words(dnsName string, alone func(tag string) bool) []string {
	var words []string
	for _, b := range l.balancers {
		if !strings.EqualFold(b.dnsName, dnsName) {
			continue
		}
		attributes := maps.Clone(b.attributes)
		delete(attributes, lifted)
		words = append(words, fmt.Sprint(b.kind, " ", b.scheme, " ", b.addressType, " in ", subnetIDs(b.subnets), " with ", b.securityGroups, " ", b.privateLinkRules, " ", attributes, " ", shared(b.tags, alone)))
		for _, x := range l.listenersOf(b) {
			words = append(words, x.words(alone)...)
		}
	}
	slices.Sort(words)
	return words
}

func (x *listener) words(alone func(tag string) bool) []string {
	of := fmt.Sprint("listener ", x.port, " ", x.protocol)
	var names []string
	for _, c := range x.certificates {
		names = append(names, *c.CertificateArn)
	}
	words := []string{fmt.Sprint(of, ": ", names, " ", slices.Sorted(slices.Values(x.further)), " ", x.sslPolicy, " ", x.alpn, " ", x.attributes, " ", shared(x.tags, alone))}
	for _, r := range x.rules {
		does := fmt.Sprint(of, " rule ", r.priority(), " ", r.conditions, " logins ", len(r.action.logins), " sticky ", r.action.sticky, " transforms ", len(r.transforms), " ", shared(r.tags, alone))
		if r.action.fixed != nil {
			does += fmt.Sprintf(" answers %+v", *r.action.fixed)
		}
		if r.action.redirect != nil {
			does += fmt.Sprintf(" redirects %+v", *r.action.redirect)
		}
		words = append(words, does)
		for _, s := range r.action.forward {
			words = append(words, fmt.Sprint(of, " rule ", r.priority(), " forwards ", s.weight, " to ", s.group.words(alone)))
		}
	}
	return words
}

func (g *TargetGroup) words(alone func(tag string) bool) string {
	return fmt.Sprint(g.Protocol, " ", g.Port, " ", g.version, " ", fmt.Sprintf("%+v", g.check), " ", g.attributes, " ", shared(g.tags, alone))
}

// shared are the tags but those of one alone.
func shared(tags map[string]string, alone func(tag string) bool) map[string]string {
	kept := maps.Clone(tags)
	maps.DeleteFunc(kept, func(key, _ string) bool { return alone(key) })
	return kept
}

func subnetIDs(subnets []localec2.Subnet) (ids []string) {
	for _, s := range subnets {
		ids = append(ids, s.ID)
	}
	slices.Sort(ids)
	return ids
}

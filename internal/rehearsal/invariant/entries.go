package invariant

import (
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/route53/types"

	localasg "bluegreen/internal/localaws/autoscaling"
	localelb "bluegreen/internal/localaws/elbv2"
)

// answerTTL is how long clients may keep what a name stood for, where the name is an alias of a load balancer (aws-facts B).
const answerTTL = 60 * time.Second

// entries are the load balancers that clients come to, where they know the fleet by a name: all that name servers answer with, those that
// they answered with until a moment ago, and those that clients keep who keep an answer for too long.
type entries struct {
	until map[string]time.Time // by DNS name: until when a client may have it that was answered so
}

// come are the DNS names of the load balancers that clients come to now. known is false where they know none of the lineage's by a name: then
// they may come to any.
func (w *Watcher) come() (names map[string]bool, known bool) {
	world := w.r.World
	if world.Record == "" {
		return nil, false
	}
	now := w.r.AWS.Account.Now()
	for _, name := range w.r.AWS.Zones.Answers(world.Record, types.RRTypeA) {
		w.entries.until[name] = now.Add(answerTTL)
	}
	names = make(map[string]bool)
	for name, until := range w.entries.until {
		if now.Before(until) {
			names[name] = true
		}
	}
	for _, name := range w.r.AWS.Loads.Kept(world.Record) {
		names[name] = true
	}
	return names, true
}

// entrance is a rule of the lineage's, and the load balancer that it is of.
type entrance struct {
	localelb.RoutedRule
	balancer string // its DNS name in lower case; empty where clients may come to any
}

// entrances are the rules that send requests to the lineage's target groups. Those to which clients come are the snapshot's rules.
func (w *Watcher) entrances(s *snapshot) {
	names, known := w.come()
	for _, listener := range w.r.AWS.Listeners() {
		for _, rule := range w.r.AWS.Route(listener.ARN).Rules {
			if !w.ours(rule) {
				continue
			}
			e := entrance{RoutedRule: rule}
			if known {
				e.balancer = strings.ToLower(listener.DNSName)
			}
			s.entrances = append(s.entrances, e)
			if !known || names[e.balancer] {
				s.rules = append(s.rules, rule)
			}
		}
	}
	if len(s.rules) == 0 { // others have the name stand for something else
		for _, e := range s.entrances {
			s.rules = append(s.rules, e.RoutedRule)
		}
	}
}

// everywhere are the members that serve under all rules of a load balancer: of any of those that clients may know, of all where they may come
// to all.
func (w *Watcher) everywhere(s snapshot) map[string]bool {
	under := make(map[string]map[string]bool)
	for _, e := range s.entrances {
		now := w.under(s, e.RoutedRule)
		if before, known := under[e.balancer]; known {
			for id := range before {
				if !now[id] {
					delete(before, id)
				}
			}
			continue
		}
		under[e.balancer] = now
	}
	all := make(map[string]bool)
	for _, some := range under {
		for id := range some {
			all[id] = true
		}
	}
	return all
}

// under are the members that get requests of a rule, and answer.
func (w *Watcher) under(s snapshot, rule localelb.RoutedRule) map[string]bool {
	found := make(map[string]bool)
	for _, group := range rule.Groups {
		for _, target := range group.Targets {
			if _, ours := s.members[target.InstanceID]; ours && group.Weight > 0 && w.answers(target.InstanceID) {
				found[target.InstanceID] = true
			}
		}
	}
	return found
}

// shares reports whether a fleet has a share of the load: without a load balancer it has while it serves.
func (w *Watcher) shares(s snapshot, group string) bool {
	for id, name := range w.serving(s).fleet {
		comes := len(s.rules) == 0 || slices.ContainsFunc(s.rules, func(rule localelb.RoutedRule) bool { return w.under(s, rule)[id] })
		if name == group && comes {
			return true
		}
	}
	return false
}

// entered are those of a fleet's attachments through which clients come to it.
func (w *Watcher) entered(view localasg.GroupView) int {
	s, n := w.snapshot(), 0
	for _, attachment := range view.Attachments {
		if slices.ContainsFunc(s.rules, func(rule localelb.RoutedRule) bool {
			return slices.ContainsFunc(rule.Groups, func(g localelb.RoutedGroup) bool { return g.ARN == attachment.Source() })
		}) {
			n++
		}
	}
	return n
}

// apart reports whether clients come to a fleet through all that it is attached to, and know it by a name: it may have load balancers of its own.
func (w *Watcher) apart(view localasg.GroupView) bool {
	return w.r.World.Record != "" && len(view.Attachments) > 0 && w.entered(view) == len(view.Attachments)
}

// aliases are the record sets of the world's record, and what else is in its zone.
func (w *Watcher) aliases() (named, others []types.ResourceRecordSet) {
	for _, set := range w.r.AWS.Zones.Sets(w.r.World.HostedZoneID) {
		if strings.TrimSuffix(aws.ToString(set.Name), ".") == w.r.World.Record {
			named = append(named, set)
		} else {
			others = append(others, set)
		}
	}
	return named, others
}

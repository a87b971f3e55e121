package twin

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"bluegreen/internal/deploy"
	"bluegreen/internal/ledger"
	"bluegreen/internal/text"
)

// mostTags is how many tags a load balancer, or what belongs to one, has at most; AWS's own do not count.
const mostTags = 50

// Findings say what rules out twins of the balancers that blue takes traffic from: what a twin could not have or would not do, each with what to
// do. They are as if blue's were
// replaced now. group is the ARN of blue's group: its balancers are of the same account and Region.
func (t Twins) Findings(ctx context.Context, group string, blue deploy.Fleet, balancers []Balancer) ([]string, error) {
	var all []string
	for _, b := range balancers {
		found, err := t.of(b).findings(ctx, b, blue)
		if err != nil {
			return nil, err
		}
		all = append(all, found...)
	}
	for _, a := range t.apis() {
		found, err := a.quotas(ctx, balancers)
		if err != nil {
			return nil, err
		}
		all = append(all, found...)
	}
	found, err := t.front.findings(ctx, group, balancers)
	return append(all, found...), err
}

// strangers is the finding on what else than blue's instances a source sends requests to; nothing: there is nothing else.
func strangers(source string, ids []string, blue deploy.Fleet) []string {
	var others []string
	for _, id := range ids {
		if !slices.Contains(others, id) && !slices.ContainsFunc(blue.Instances, func(i deploy.Instance) bool { return i.ID == id }) {
			others = append(others, id)
		}
	}
	if len(others) == 0 {
		return nil
	}
	return []string{fmt.Sprintf("%s sends requests to %s too, which blue has not launched, and green's would not: take them out, or %s", source, text.Few(others), instead)}
}

// tagsFit is the finding on something whose tags leave no room for the deployment's; nothing: they fit.
func tagsFit(of string, tags map[string]string) []string {
	over := len(copiedTags(tags)) + len(deploy.Deployment{}.OwnTags()) - mostTags
	if over <= 0 {
		return nil
	}
	return []string{fmt.Sprintf("%s has %s, and green's gets %d more of ours: AWS takes %d, so take %d away",
		of, deploy.Counted(len(copiedTags(tags)), "tag"), len(deploy.Deployment{}.OwnTags()), mostTags, over)}
}

// quota is the finding on a quota that leaves no room for twins; nothing: they fit.
func quota(what string, there, more, most int) []string {
	if there+more <= most || more == 0 {
		return nil
	}
	return []string{fmt.Sprintf("the account has %s and may have %d, and green needs %d more: delete some, or ask AWS for a higher quota", deploy.Counted(there, what), most, more)}
}

// count is how many things of a sort twins of balancers consist of.
func count(balancers []Balancer, is func(Balancer, ledger.Made) bool) int {
	n := 0
	for _, b := range balancers {
		for _, thing := range b.whole.things() {
			if is(b, thing) {
				n++
			}
		}
	}
	return n
}

func sortedKeys(m map[string]string) []string { return slices.Sorted(maps.Keys(m)) }

package invariant

import (
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/route53"
	"github.com/aws/aws-sdk-go-v2/service/route53/types"

	"bluegreen/internal/deploy"
	"bluegreen/internal/ledger"
)

// likeness holds, when a record moves forward, that the load balancer which it comes to stand for does what the one does that it stood for, and
// bears the same tags beside the deployment's.
func (e *endStates) likeness(in *route53.ChangeResourceRecordSetsInput) {
	lock := e.w.r.Record().Lock
	if lock == nil || lock.Stage != ledger.Leaving || lock.Deployment.Revives { // what is brought back is as it was
		return
	}
	was := make(map[types.RRType]string)
	for _, change := range in.ChangeBatch.Changes {
		set := change.ResourceRecordSet
		if set.AliasTarget == nil {
			continue
		}
		name := strings.TrimSuffix(strings.TrimPrefix(aws.ToString(set.AliasTarget.DNSName), "dualstack."), ".")
		if change.Action == types.ChangeActionDelete {
			was[set.Type] = name
			continue
		}
		before, after := e.w.words(was[set.Type]), e.w.words(name)
		for _, word := range before {
			if !slices.Contains(after, word) {
				e.breaks("the record %s comes to stand for %s, which has not what %s has: %s", aws.ToString(set.Name), name, was[set.Type], word)
			}
		}
		for _, word := range after {
			if !slices.Contains(before, word) {
				e.breaks("the record %s comes to stand for %s, which has what %s has not: %s", aws.ToString(set.Name), name, was[set.Type], word)
			}
		}
	}
}

func (w *Watcher) words(dnsName string) []string {
	return append(w.r.AWS.Balancers.Words(dnsName, unshared), w.r.AWS.Classic.Words(dnsName, unshared)...)
}

// unshared reports whether a tag says who has made what bears it, which no copy shares.
func unshared(tag string) bool {
	return tag == deploy.TagProject || tag == deploy.TagLineage || tag == deploy.TagExecution || strings.HasPrefix(tag, "aws:")
}

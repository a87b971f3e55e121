package route53

import (
	"cmp"
	"reflect"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/route53/types"
)

// The routing policies, as errors name them.
const (
	simple   = "simple"
	weighted = "weighted"
	failover = "failover"
	other    = "other" // latency, places, ranges of addresses, several values
)

func policyOf(set types.ResourceRecordSet) string {
	switch {
	case set.Weight != nil:
		return weighted
	case set.Failover != "":
		return failover
	case set.Region != "", set.GeoLocation != nil, set.GeoProximityLocation != nil, set.CidrRoutingConfig != nil, set.MultiValueAnswer != nil:
		return other
	}
	return simple
}

// same reports whether two record sets are equal in every value; the order of records does not count.
func same(a, b types.ResourceRecordSet) bool {
	return reflect.DeepEqual(inOrder(a), inOrder(b))
}

func inOrder(set types.ResourceRecordSet) types.ResourceRecordSet {
	set.ResourceRecords = slices.SortedFunc(slices.Values(set.ResourceRecords), func(x, y types.ResourceRecord) int {
		return cmp.Compare(aws.ToString(x.Value), aws.ToString(y.Value))
	})
	return set
}

package account

import (
	"fmt"
	"hash/fnv"
	"regexp"
)

// DefaultRegion is the Region of README's ARNs. It stands here alone: code names no Region (internal/archtest).
const DefaultRegion = "ap-northeast-1"

// AcceleratorRegion is where AWS Global Accelerator's API is, whatever Region the endpoints are in (SDK documentation).
const AcceleratorRegion = "us-west-2"

// regionName is how the Regions of the partition aws are called. No module of AWS's SDK has a list of them.
var regionName = regexp.MustCompile(`^(af|ap|ca|eu|il|me|mx|sa|us)-(north|south|east|west|central|northeast|northwest|southeast|southwest)-[1-9]$`)

// CheckRegion is an error for what is no Region of the partition aws, the only one that is modelled.
func CheckRegion(name string) error {
	if !regionName.MatchString(name) {
		return fmt.Errorf("%q is no Region of the partition aws, such as %s", name, DefaultRegion)
	}
	return nil
}

// ZoneLetters are the zones of a Region. Accounts of ap-northeast-1 see a, c and d; b is closed to new accounts.
func ZoneLetters(region string) []string {
	if region == DefaultRegion {
		return []string{"a", "c", "d"}
	}
	return []string{"a", "b", "c"}
}

// InternalDomain is the domain of instances' private names; that of us-east-1 is older than the rule.
func InternalDomain(region string) string {
	if region == "us-east-1" {
		return "ec2.internal"
	}
	return region + ".compute.internal"
}

// HostedZone is the id of Elastic Load Balancing's own zone in a Region, for a type of load balancer. Those of Tokyo are AWS's
// (aws-facts I3), others are made up.
func HostedZone(region, balancer string) string {
	if region == DefaultRegion {
		return map[string]string{"application": "Z14GRHDCWA56QT", "network": "Z31USIVHYNEOWT"}[balancer]
	}
	h := fnv.New64a()
	fmt.Fprint(h, region, balancer)
	return fmt.Sprintf("Z%.13X", h.Sum64()&(1<<52-1))
}

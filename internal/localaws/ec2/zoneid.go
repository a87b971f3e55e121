package ec2

import (
	"slices"
	"strconv"
	"strings"
)

// ZoneID is the id of an Availability Zone, e.g. apne1-az1 of ap-northeast-1a. AWS maps ids to names by account; in the
// model's they have the same order.
func (c *Compute) ZoneID(zone string) string {
	var id strings.Builder
	for k, part := range strings.Split(c.account.Region, "-") {
		switch {
		case k == 0:
			id.WriteString(part)
		case len(part) == len("northeast") && strings.HasPrefix(part, "north"), len(part) == len("southeast") && strings.HasPrefix(part, "south"):
			id.WriteString(part[:1] + part[5:6])
		default:
			id.WriteString(part[:1])
		}
	}
	return id.String() + "-az" + strconv.Itoa(slices.Index(c.Zones(), zone)+1)
}

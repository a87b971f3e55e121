package elbv2

// ZonesApart reports whether the group's targets get traffic of their own Availability Zones only. Where the group follows
// its load balancer, Application Load Balancers send across zones, Network Load Balancers do not unless they are told to (user guides).
func (g *TargetGroup) ZonesApart() bool {
	switch g.attributes["load_balancing.cross_zone.enabled"] {
	case "true":
		return false
	case "false":
		return true
	}
	return g.kind() == network && (g.user == nil || g.user.attributes["load_balancing.cross_zone.enabled"] != "true")
}

package ec2

import (
	"fmt"

	"bluegreen/internal/localaws/account"
)

// Subnet is a subnet of the default VPC.
type Subnet struct {
	ID, VPCID, Zone string
	CIDR            string
	tags            map[string]string
	third           int // octet of its addresses
	next            int // host number of the next address
}

// network is the default VPC, 172.31.0.0/16, with one default subnet in each of three zones and its security groups.
type network struct {
	vpcID   string
	tags    map[string]string
	subnets []*Subnet
	groups  []*securityGroup // as created; the first is the VPC's default group
	ipv6    bool             // its subnets have IPv6 addresses
}

type securityGroup struct {
	id, name, description string
	tags                  map[string]string
}

// hostsPerSubnet is how many addresses of a /20 instances can have: AWS keeps five.
const hostsPerSubnet = 4091

func newNetwork(acct *account.Account) network {
	n := network{vpcID: "vpc-" + acct.Hex(17), tags: make(map[string]string)}
	for k, letter := range account.ZoneLetters(acct.Region) {
		n.subnets = append(n.subnets, &Subnet{
			ID:    "subnet-" + acct.Hex(17),
			VPCID: n.vpcID,
			Zone:  acct.Region + letter,
			CIDR:  fmt.Sprintf("172.31.%d.0/20", 16*k),
			tags:  make(map[string]string),
			third: 16 * k,
			next:  4, // the first four addresses belong to AWS
		})
	}
	n.groups = []*securityGroup{{
		id: "sg-" + acct.Hex(17), name: "default", description: "default VPC security group", tags: make(map[string]string),
	}}
	return n
}

// VPCID is the id of the default VPC.
func (c *Compute) VPCID() string { return c.network.vpcID }

// AddIPv6 gives the VPC's subnets IPv6 addresses, as an operator would. Descriptions do not show them.
func (c *Compute) AddIPv6() { c.network.ipv6 = true }

// IPv6 reports whether the VPC's subnets have IPv6 addresses.
func (c *Compute) IPv6() bool { return c.network.ipv6 }

// Zones are the names of the availability zones, in order.
func (c *Compute) Zones() []string {
	zones := make([]string, len(c.network.subnets))
	for k, subnet := range c.network.subnets {
		zones[k] = subnet.Zone
	}
	return zones
}

// Subnet returns a subnet by its id.
func (c *Compute) Subnet(id string) (Subnet, bool) {
	for _, subnet := range c.network.subnets {
		if subnet.ID == id {
			return *subnet, true
		}
	}
	return Subnet{}, false
}

// DefaultSubnet returns the default subnet of a zone.
func (c *Compute) DefaultSubnet(zone string) (Subnet, bool) {
	for _, subnet := range c.network.subnets {
		if subnet.Zone == zone {
			return *subnet, true
		}
	}
	return Subnet{}, false
}

func (c *Compute) securityGroup(id string) (*securityGroup, bool) {
	for _, group := range c.network.groups {
		if group.id == id {
			return group, true
		}
	}
	return nil, false
}

// FirstSubnet is the id of the subnet that a launch takes which names none.
func (c *Compute) FirstSubnet() string { return c.network.subnets[0].ID }

// SecurityGroup reports whether a security group exists.
func (c *Compute) SecurityGroup(id string) bool {
	_, ok := c.securityGroup(id)
	return ok
}

// DefaultSecurityGroup is the id of the default VPC's default security group.
func (c *Compute) DefaultSecurityGroup() string { return c.network.groups[0].id }

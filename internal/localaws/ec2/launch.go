package ec2

import (
	"fmt"
	"maps"
	"strconv"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"bluegreen/internal/localaws/wire"
)

// LaunchRequest is what an instance is made of. With a template, what is empty here comes from it.
type LaunchRequest struct {
	TemplateID      string
	TemplateVersion string // a number
	templateName    string

	ImageID, InstanceType, KeyName, UserData, InstanceProfile string

	SecurityGroupIDs []string
	SubnetID         string            // empty: the default subnet of the first zone
	Tags             map[string]string // win over the template's
	Spot             bool              // on the Spot market, as the template may say, too
	Options          Options           // a template's own win
	TaggedKinds      []string          // kinds of resources that the launch tags, e.g. instance

	OwnTags map[types.ResourceType]map[string]string // that the call itself gives, not its template, by what it gives them to

	complete bool // what the template says is in here already
}

// tagAs gives a request what tells of the template that it comes from: its ids, its tags, and those that EC2 adds.
func (r *LaunchRequest) tagAs(t TemplateVersion) {
	r.TemplateID, r.templateName, r.TemplateVersion = t.ID, t.Name, strconv.FormatInt(t.Number, 10)
	maps.Copy(r.Tags, t.Tags)
	r.Tags["aws:ec2launchtemplate:id"] = t.ID
	r.Tags["aws:ec2launchtemplate:version"] = r.TemplateVersion
}

// pool is where capacity comes from.
type pool struct{ zone, instanceType string }

// SetCapacity lets n more launches of the type succeed in the zone; then they fail with InsufficientInstanceCapacity.
// -1 takes the limit away.
func (c *Compute) SetCapacity(zone, instanceType string, n int) {
	if n < 0 {
		delete(c.capacity, pool{zone, instanceType})
		return
	}
	c.capacity[pool{zone, instanceType}] = n
}

// Unoffer has a zone not offer a type, as some zones do not: its launches there are refused.
func (c *Compute) Unoffer(zone, instanceType string) { c.unoffered[pool{zone, instanceType}] = true }

// Launch launches one instance, which is pending then. Errors are EC2's own (*wire.Error): InsufficientInstanceCapacity,
// InvalidAMIID.NotFound, InvalidSubnetID.NotFound, InvalidGroup.NotFound, and those of a template that does not exist.
func (c *Compute) Launch(request LaunchRequest) (*Instance, error) {
	launch, err := c.prepare(request)
	if err != nil {
		return nil, err
	}
	if err := c.takeCapacity(pool{launch.subnet.Zone, launch.InstanceType}, 1); err != nil {
		return nil, err
	}
	return c.start(launch, "r-"+c.account.Hex(17), ""), nil
}

// launch is a request that can be carried out: complete and checked.
type launch struct {
	LaunchRequest
	subnet *Subnet
	image  *image
}

// prepare completes a request from its template and the defaults, and checks it.
func (c *Compute) prepare(request LaunchRequest) (launch, error) {
	l := launch{LaunchRequest: request}
	l.Tags = make(map[string]string)
	if request.TemplateID != "" && !request.complete {
		found, err := c.Template(request.TemplateID, request.TemplateVersion)
		if err != nil {
			return l, err
		}
		l.fillFrom(found)
	}
	maps.Copy(l.Tags, request.Tags)
	if l.InstanceType == "" {
		l.InstanceType = "m1.small" // the API's default, still
	}
	if err := checkInstanceType(l.InstanceType); err != nil {
		return l, err
	}
	if l.ImageID == "" {
		return l, wire.Errorf("MissingParameter", "The request must contain the parameter ImageId")
	}
	image, err := c.usableImage(l.ImageID)
	if err != nil {
		return l, err
	}
	l.image = image
	if l.subnet, err = c.subnetFor(l.SubnetID); err != nil {
		return l, err
	}
	if err := c.KeyPair(l.KeyName); err != nil {
		return l, err
	}
	if err := c.profile(l.InstanceProfile); err != nil {
		return l, err
	}
	return l, c.fillGroups(&l)
}

func (l *launch) fillFrom(t TemplateVersion) {
	l.tagAs(t)
	for _, field := range []struct {
		to   *string
		from string
	}{
		{&l.ImageID, t.ImageID}, {&l.InstanceType, t.InstanceType}, {&l.KeyName, t.KeyName}, {&l.UserData, t.UserData},
		{&l.InstanceProfile, t.InstanceProfile}, {&l.SubnetID, t.SubnetID},
	} {
		if *field.to == "" {
			*field.to = field.from
		}
	}
	l.Spot, l.Options = l.Spot || t.Spot, t.options
	if len(l.SecurityGroupIDs) == 0 {
		l.SecurityGroupIDs = t.SecurityGroupIDs
	}
}

func (c *Compute) subnetFor(id string) (*Subnet, error) {
	if id == "" {
		return c.network.subnets[0], nil
	}
	for _, subnet := range c.network.subnets {
		if subnet.ID == id {
			return subnet, nil
		}
	}
	return nil, subnetNotFound(id)
}

func (c *Compute) fillGroups(l *launch) error {
	if len(l.SecurityGroupIDs) == 0 {
		l.SecurityGroupIDs = []string{c.network.groups[0].id}
	}
	for _, id := range l.SecurityGroupIDs {
		if _, ok := c.securityGroup(id); !ok {
			return groupNotFound(id)
		}
	}
	return nil
}

// takeCapacity takes n instances out of a pool, all or none.
func (c *Compute) takeCapacity(p pool, n int) error {
	if c.unoffered[p] {
		return c.unsupported(p)
	}
	left, limited := c.capacity[p]
	if !limited {
		return nil
	}
	if left < n {
		return c.insufficientCapacity(p)
	}
	c.capacity[p] = left - n
	return nil
}

// unsupported is EC2's own text (aws-facts A4).
func (c *Compute) unsupported(p pool) error {
	var offer []string
	for _, zone := range c.Zones() {
		if !c.unoffered[pool{zone, p.instanceType}] {
			offer = append(offer, zone)
		}
	}
	return wire.Errorf("Unsupported", "Your requested instance type (%s) is not supported in your requested Availability Zone (%s). "+
		"Please retry your request by not specifying an Availability Zone or choosing %s.", p.instanceType, p.zone, strings.Join(offer, ", "))
}

// insufficientCapacity is EC2's own text; the status is 500, so clients retry it.
func (c *Compute) insufficientCapacity(p pool) error {
	var otherZones []string
	for _, zone := range c.Zones() {
		if left, limited := c.capacity[pool{zone, p.instanceType}]; !limited || left > 0 {
			otherZones = append(otherZones, zone)
		}
	}
	message := fmt.Sprintf("We currently do not have sufficient %s capacity in the Availability Zone you requested (%s). "+
		"Our system will be working on provisioning additional capacity.", p.instanceType, p.zone)
	if len(otherZones) > 0 {
		message += fmt.Sprintf(" You can currently get %s capacity by not specifying an Availability Zone in your request or choosing %s.",
			p.instanceType, strings.Join(otherZones, ", "))
	}
	return &wire.Error{Code: "InsufficientInstanceCapacity", Message: message, Status: 500}
}

// start makes the instance of a prepared launch.
func (c *Compute) start(l launch, reservation, clientToken string) *Instance {
	i := &Instance{
		ID: "i-" + c.account.Hex(17), ImageID: l.image.id, InstanceType: l.InstanceType,
		SubnetID: l.subnet.ID, Zone: l.subnet.Zone, PrivateIP: l.subnet.address(),
		TemplateID: l.TemplateID, TemplateName: l.templateName, TemplateVersion: l.TemplateVersion,
		KeyName: l.KeyName, UserData: l.UserData, InstanceProfile: l.InstanceProfile,
		SecurityGroupIDs: l.SecurityGroupIDs, Tags: l.Tags, Spot: l.Spot,
		LaunchedAt:  c.account.Now(),
		reservation: reservation, clientToken: clientToken, sick: l.image.sick, architecture: l.image.architecture,
		options: l.Options, rootDevice: l.image.rootDevice,
	}
	c.instances[i.ID] = i
	c.order = append(c.order, i)
	c.begin(i)
	return i
}

// address hands out the next address of the subnet. Addresses are not used twice until all were.
func (s *Subnet) address() string {
	host := s.next
	s.next = 4 + (s.next-3)%hostsPerSubnet
	return fmt.Sprintf("172.31.%d.%d", s.third+host/256, host%256)
}

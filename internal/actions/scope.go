package actions

import (
	"slices"
	"strings"

	"bluegreen/internal/deploy"
)

// Scope is what the functions of one deployer may touch. Every text may hold a placeholder that is put in later, such as
// CDK's tokens, and what names something that a team owns may be a pattern, in which * stands for anything.
type Scope struct {
	Partition, Region, Account string

	Fleets          []string // names of groups; a name that ends in no * covers its -v001, -v002, … too
	ImageParameters []string // names of Systems Manager's parameters that hold images' ids, besides Amazon's public ones
	FleetRoles      []string // names, with their path, of roles that the fleets' instances and lifecycle hooks have

	Records []deploy.Record // of hosted zones, that may be moved; none: no load balancer is made either

	InPlaceTemplates []string // ids of launch templates that may get versions, of groups that stay; none: no group is replaced in place

	BuildImages    bool     // images may be built
	BuilderSubnets []string // ids of those that builders are launched in; none: any
	BuildLogs      string   // name of the log group of what builds write

	Table    string // name of the ledger's
	Topic    string // ARN of the operators'; empty: nobody gets mail
	Pipeline string // name of the one that starts deployments; empty: there is none
	Bus      string // ARN of the bus that events go to
	Machine  string // name of the state machine that replaces groups by copies
	Stays    string // name of that which replaces the instances of groups that stay

	FunctionPrefix string // functions are called <prefix><State>
}

// Standard is the scope of a deployer whose resources are all called by the rule <project>-<role>-<environment>-….
func Standard(partition, region, account, project, role, environment string) Scope {
	prefix := project + "-" + role + "-" + environment + "-"
	s := Scope{
		Partition: partition, Region: region, Account: account,
		Fleets: []string{prefix + "*"}, FleetRoles: []string{prefix + "*"},
		ImageParameters: []string{"/" + project + "/" + role + "/" + environment + "/*"},
		Table:           prefix + "ledger", FunctionPrefix: prefix,
	}
	s.Topic = s.arn("sns", prefix+"operators")
	s.Pipeline = prefix + "bluegreen"
	s.Bus = s.arn("events", "event-bus/default")
	s.Machine, s.Stays = prefix+string(deploy.BlueGreen), prefix+string(deploy.InPlace)
	s.BuildLogs = prefix + "builds"
	return s
}

func (s Scope) arn(service, resource string) string {
	return "arn:" + s.Partition + ":" + service + ":" + s.Region + ":" + s.Account + ":" + resource
}

// fleetNames are the patterns that the groups' names match, blue's and every green's.
func (s Scope) fleetNames() []string {
	var names []string
	for _, fleet := range s.Fleets {
		names = append(names, fleet)
		if !strings.HasSuffix(fleet, "*") {
			names = append(names, fleet+"-v*")
		}
	}
	return names
}

// each is one resource a name, without repetitions.
func each(names []string, arn func(name string) string) []string {
	var arns []string
	for _, name := range names {
		if one := arn(name); !slices.Contains(arns, one) {
			arns = append(arns, one)
		}
	}
	return arns
}

// groups are the fleets. A group's ARN has its id in the middle, which nobody knows beforehand.
func (s Scope) groups() []string {
	return each(s.fleetNames(), func(name string) string {
		return s.arn("autoscaling", "autoScalingGroup:*:autoScalingGroupName/"+name)
	})
}

// alarms are all alarms: those of people that act on the fleets have any name.
func (s Scope) alarms() []string { return []string{s.arn("cloudwatch", "alarm:*")} }

// madeAlarms are those that deployments make: a green's number is in the name of each.
func (s Scope) madeAlarms() []string { return []string{s.arn("cloudwatch", "alarm:*-v???*")} }

// anyTemplate is any launch template of the account: one that does not exist yet has no id.
func (s Scope) anyTemplate() []string { return []string{s.arn("ec2", "launch-template/*")} }

// placeTemplates are those that may get versions.
func (s Scope) placeTemplates() []string {
	return each(s.InPlaceTemplates, func(id string) string { return s.arn("ec2", "launch-template/"+id) })
}

// placed are what a launch in place makes; none where no template may get versions.
func (s Scope) placedInstances() []string {
	if len(s.InPlaceTemplates) == 0 {
		return nil
	}
	return s.instances()
}

// configurations are the launch configurations that are named by the fleets. Their ARNs have an id in the middle, too.
func (s Scope) configurations() []string {
	return each(s.fleetNames(), func(name string) string {
		return s.arn("autoscaling", "launchConfiguration:*:launchConfigurationName/"+name)
	})
}

// imageParameters are the deployer's, and Amazon's public ones, which belong to no account.
func (s Scope) imageParameters() []string {
	own := each(s.ImageParameters, func(name string) string { return s.arn("ssm", "parameter/"+strings.TrimPrefix(name, "/")) })
	return append(own, "arn:"+s.Partition+":ssm:"+s.Region+"::parameter/aws/service/*")
}

// launched are what a launch makes.
func (s Scope) launched() []string {
	return each([]string{"instance", "network-interface", "secondary-interface", "spot-instances-request", "volume"}, func(kind string) string { return s.arn("ec2", kind+"/*") })
}

// launchedInto are what a launch uses besides the template: which ones, the template says. Images and snapshots may be
// another account's.
func (s Scope) launchedInto() []string {
	kinds := []string{"capacity-reservation", "key-pair", "placement-group", "secondary-subnet", "security-group", "subnet"}
	arns := append(s.launched(), each(kinds, func(kind string) string { return s.arn("ec2", kind+"/*") })...)
	arns = append(arns, s.arn("resource-groups", "group/*"), s.arn("license-manager", "license-configuration:*"))
	return append(arns, s.pictures()...)
}

// builders are what the launch of a builder makes; none where no image may be built.
func (s Scope) builders() []string {
	if !s.BuildImages {
		return nil
	}
	return each([]string{"instance", "network-interface", "volume"}, func(kind string) string { return s.arn("ec2", kind+"/*") })
}

// buildersInto are what the launch of a builder uses besides its template.
func (s Scope) buildersInto() []string {
	if !s.BuildImages {
		return nil
	}
	arns := each([]string{"capacity-reservation", "key-pair", "placement-group", "security-group"}, func(kind string) string { return s.arn("ec2", kind+"/*") })
	subnets := s.BuilderSubnets
	if len(subnets) == 0 {
		subnets = []string{"*"}
	}
	arns = append(arns, each(subnets, func(id string) string { return s.arn("ec2", "subnet/"+id) })...)
	return append(arns, s.pictures()...)
}

// builderTemplates are the launch templates of builders; none where no image may be built.
func (s Scope) builderTemplates() []string {
	if !s.BuildImages {
		return nil
	}
	return s.anyTemplate()
}

// builderInstances are builders; none where no image may be built.
func (s Scope) builderInstances() []string {
	if !s.BuildImages {
		return nil
	}
	return s.instances()
}

// images and snapshots are any of them: what is not there yet has no id.
func (s Scope) images() []string { return s.unowned("image") }

func (s Scope) snapshots() []string { return s.unowned("snapshot") }

// pictures are both.
func (s Scope) pictures() []string { return append(s.images(), s.snapshots()...) }

func (s Scope) unowned(kind string) []string {
	return []string{"arn:" + s.Partition + ":ec2:" + s.Region + "::" + kind + "/*"}
}

func (s Scope) instances() []string { return []string{s.arn("ec2", "instance/*")} }

func (s Scope) shellDocument() []string {
	return []string{"arn:" + s.Partition + ":ssm:" + s.Region + "::document/AWS-RunShellScript"}
}

// zones are the hosted zones of the records that may be moved. Route 53 belongs to no Region, and its ARNs show no account.
func (s Scope) zones() []string {
	var ids []string
	for _, r := range s.Records {
		ids = append(ids, r.Zone)
	}
	return each(ids, func(id string) string { return "arn:" + s.Partition + ":route53:::hostedzone/" + id })
}

// balancers are load balancers and target groups of any name, where records may be moved from one to another: those of people have any, and
// what is made is called after them.
func (s Scope) balancers() []string {
	if len(s.Records) == 0 {
		return nil
	}
	return each([]string{"loadbalancer/*", "targetgroup/*"}, func(resource string) string { return s.arn("elasticloadbalancing", resource) })
}

// balancing are balancers, and their listeners and rules.
func (s Scope) balancing() []string {
	if len(s.Records) == 0 {
		return nil
	}
	return append(s.balancers(), each([]string{"listener/*", "listener-rule/*"}, func(resource string) string { return s.arn("elasticloadbalancing", resource) })...)
}

// accelerators are those of Global Accelerator, which belongs to no Region, with their listeners.
func (s Scope) accelerators() []string {
	if len(s.Records) == 0 {
		return nil
	}
	return []string{"arn:" + s.Partition + ":globalaccelerator::" + s.Account + ":accelerator/*"}
}

// firewalled are what a web ACL may stand before, and the web ACLs.
func (s Scope) firewalled() []string {
	if len(s.Records) == 0 {
		return nil
	}
	return []string{s.arn("elasticloadbalancing", "loadbalancer/app/*"), s.arn("wafv2", "regional/webacl/*")}
}

// byZone is the same scope for each of the hosted zones: a name that may be moved in one is somebody else's in another.
func (s Scope) byZone() []Scope {
	var all []Scope
	for _, r := range s.Records {
		at := slices.IndexFunc(all, func(part Scope) bool { return part.Records[0].Zone == r.Zone })
		if at < 0 {
			part := s
			part.Records, at = nil, len(all)
			all = append(all, part)
		}
		all[at].Records = append(all[at].Records, r)
	}
	return all
}

// recordNames are the records' names as IAM compares them: in lower case, without a dot at their end, and an asterisk as octal (Route 53
// developer guide, "Using IAM policy conditions").
func (s Scope) recordNames() []string {
	return each(func() (names []string) {
		for _, r := range s.Records {
			names = append(names, r.Name)
		}
		return names
	}(), func(name string) string { return strings.ReplaceAll(name, "*", `\052`) })
}

// changes are those of hosted zones.
func (s Scope) changes() []string {
	if len(s.Records) == 0 {
		return nil
	}
	return []string{"arn:" + s.Partition + ":route53:::change/*"}
}

func (s Scope) role(name string) string {
	return "arn:" + s.Partition + ":iam::" + s.Account + ":role/" + name
}

func (s Scope) fleetRoles() []string { return each(s.FleetRoles, s.role) }

// serviceRoles are those that EC2 Auto Scaling itself works with: the account's, and those with a suffix.
func (s Scope) serviceRoles() []string {
	return []string{s.role("aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling*")}
}

func (s Scope) table() []string { return []string{s.arn("dynamodb", "table/"+s.Table)} }

func (s Scope) topic() []string { return some(s.Topic) }

// pipelines is the one that starts deployments.
func (s Scope) pipelines() []string {
	if s.Pipeline == "" {
		return nil
	}
	return []string{s.arn("codepipeline", s.Pipeline)}
}

func (s Scope) bus() []string { return some(s.Bus) }

func (s Scope) machines() []string {
	return []string{s.arn("states", "stateMachine:"+s.Machine), s.arn("states", "stateMachine:"+s.Stays)}
}

// executions are those of the machines that deploy: only they ever hold a lineage's lock.
func (s Scope) executions() []string {
	return []string{s.arn("states", "execution:"+s.Machine+":*"), s.arn("states", "execution:"+s.Stays+":*")}
}

// logs is the log group of one function, and its streams.
func (s Scope) logs(state string) []string {
	return []string{s.arn("logs", "log-group:/aws/lambda/"+s.FunctionPrefix+state+":*")}
}

func some(arn string) []string {
	if arn == "" {
		return nil
	}
	return []string{arn}
}

package ec2

import (
	"cmp"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"bluegreen/internal/localaws/account"
	"bluegreen/internal/localaws/wire"
)

// stateCodes are the numbers that EC2 gives with the names of states.
var stateCodes = map[State]int32{Pending: 0, Running: 16, ShuttingDown: 32, Terminated: 48, Stopping: 64, Stopped: 80}

func (s State) described() *types.InstanceState {
	return &types.InstanceState{Code: aws.Int32(stateCodes[s]), Name: types.InstanceStateName(s)}
}

var instanceFields = fields[*Instance]{
	of: map[string]func(*Instance) []string{
		"instance-id":              func(i *Instance) []string { return []string{i.ID} },
		"instance-state-name":      func(i *Instance) []string { return []string{string(i.State)} },
		"instance-type":            func(i *Instance) []string { return []string{i.InstanceType} },
		"image-id":                 func(i *Instance) []string { return []string{i.ImageID} },
		"subnet-id":                func(i *Instance) []string { return []string{i.SubnetID} },
		"availability-zone":        func(i *Instance) []string { return []string{i.Zone} },
		"private-ip-address":       func(i *Instance) []string { return []string{i.PrivateIP} },
		"reservation-id":           func(i *Instance) []string { return []string{i.reservation} },
		"client-token":             func(i *Instance) []string { return []string{i.clientToken} },
		"key-name":                 func(i *Instance) []string { return []string{i.KeyName} },
		"instance.group-id":        func(i *Instance) []string { return i.SecurityGroupIDs },
		"iam-instance-profile.arn": func(i *Instance) []string { return []string{i.InstanceProfile} },
	},
	tags: func(i *Instance) map[string]string { return i.Tags },
}

// visible are the instances that the API knows by now, or those named: all of them must be known.
func (c *Compute) visible(ids []string) ([]*Instance, error) {
	if err := instanceIDs.check(ids...); err != nil {
		return nil, err
	}
	latest := c.account.Now().Add(-c.settings.DescribeLag)
	for _, id := range ids {
		if i, ok := c.instances[id]; !ok || i.LaunchedAt.After(latest) {
			return nil, instanceNotFound(id)
		}
	}
	var found []*Instance
	for _, i := range c.order {
		if !i.LaunchedAt.After(latest) && (len(ids) == 0 || slices.Contains(ids, i.ID)) {
			found = append(found, i)
		}
	}
	return found, nil
}

func (c *Compute) describeInstances(call *wire.Call, in *sdk.DescribeInstancesInput) (*sdk.DescribeInstancesOutput, error) {
	if err := checkPage(in.MaxResults, in.InstanceIds, 5, 1000, "instancesSet"); err != nil {
		return nil, err
	}
	found, err := c.visible(in.InstanceIds)
	if err != nil {
		return nil, err
	}
	if found, err = instanceFields.keep(found, in.Filters); err != nil {
		return nil, err
	}
	found, next, err := page(found, in.MaxResults, in.NextToken)
	out := &sdk.DescribeInstancesOutput{Reservations: []types.Reservation{}, NextToken: next}
	for _, i := range found {
		last := len(out.Reservations) - 1
		if last < 0 || *out.Reservations[last].ReservationId != i.reservation {
			out.Reservations = append(out.Reservations, types.Reservation{
				ReservationId: aws.String(i.reservation), OwnerId: aws.String(c.account.ID),
			})
			last++
		}
		out.Reservations[last].Instances = append(out.Reservations[last].Instances, c.describeInstance(i))
	}
	return out, err
}

func (c *Compute) describeInstance(i *Instance) types.Instance {
	described := types.Instance{
		InstanceId: aws.String(i.ID), ImageId: aws.String(i.ImageID), InstanceType: types.InstanceType(i.InstanceType),
		State: i.State.described(), LaunchTime: aws.Time(i.LaunchedAt), AmiLaunchIndex: aws.Int32(i.launchIndex),
		Architecture: i.architecture, Hypervisor: types.HypervisorTypeXen, EnaSupport: aws.Bool(true), EbsOptimized: aws.Bool(i.options.EBSOptimized),
		RootDeviceName: aws.String(i.rootDevice), RootDeviceType: types.DeviceTypeEbs, VirtualizationType: types.VirtualizationTypeHvm,
		Monitoring: i.options.monitoring(), MetadataOptions: i.metadata(),
		Placement: &types.Placement{
			AvailabilityZone: aws.String(i.Zone), GroupName: aws.String(""), Tenancy: cmp.Or(types.Tenancy(i.options.Tenancy), types.TenancyDefault),
		},
		ClientToken: aws.String(i.clientToken), StateTransitionReason: aws.String(i.reason), StateReason: i.stateReason(),
		PrivateDnsName: aws.String(""), PublicDnsName: aws.String(""),
		Tags: tagList(i.Tags),
	}
	if i.KeyName != "" {
		described.KeyName = aws.String(i.KeyName)
	}
	if i.options.Kernel != "" {
		described.KernelId = aws.String(i.options.Kernel)
	}
	if i.options.RAMDisk != "" {
		described.RamdiskId = aws.String(i.options.RAMDisk)
	}
	if i.InstanceProfile != "" {
		described.IamInstanceProfile = &types.IamInstanceProfile{Arn: aws.String(c.profileARN(i.InstanceProfile))}
	}
	if i.Spot {
		described.InstanceLifecycle = types.InstanceLifecycleTypeSpot
	}
	if i.State == Terminated {
		return described
	}
	described.VpcId, described.SubnetId, described.PrivateIpAddress = aws.String(c.network.vpcID), aws.String(i.SubnetID), aws.String(i.PrivateIP)
	dnsName := "ip-" + strings.ReplaceAll(i.PrivateIP, ".", "-") + "." + account.InternalDomain(c.account.Region)
	described.PrivateDnsName, described.PrivateDnsNameOptions = &dnsName, &types.PrivateDnsNameOptionsResponse{
		HostnameType: types.HostnameTypeIpName, EnableResourceNameDnsARecord: aws.Bool(false), EnableResourceNameDnsAAAARecord: aws.Bool(false),
	}
	for _, id := range i.SecurityGroupIDs {
		if group, ok := c.securityGroup(id); ok {
			described.SecurityGroups = append(described.SecurityGroups, types.GroupIdentifier{GroupId: aws.String(id), GroupName: aws.String(group.name)})
		}
	}
	described.SourceDestCheck, described.BlockDeviceMappings = aws.Bool(true), i.blockDevices()
	described.NetworkInterfaces = []types.InstanceNetworkInterface{c.networkInterface(i, described.SecurityGroups, dnsName)}
	return described
}

// profileARN is the ARN of an instance profile given by name or ARN.
func (c *Compute) profileARN(profile string) string {
	if strings.HasPrefix(profile, "arn:") {
		return profile
	}
	return "arn:aws:iam::" + c.account.ID + ":instance-profile/" + profile
}

func (c *Compute) describeInstanceStatus(call *wire.Call, in *sdk.DescribeInstanceStatusInput) (*sdk.DescribeInstanceStatusOutput, error) {
	if err := checkPage(in.MaxResults, in.InstanceIds, 5, 1000, "instancesSet"); err != nil {
		return nil, err
	}
	found, err := c.visible(in.InstanceIds)
	if err != nil {
		return nil, err
	}
	if !aws.ToBool(in.IncludeAllInstances) {
		found = slices.DeleteFunc(found, func(i *Instance) bool { return i.State != Running })
	}
	if found, err = statusFields.keep(found, in.Filters); err != nil {
		return nil, err
	}
	found, next, err := page(found, in.MaxResults, in.NextToken)
	out := &sdk.DescribeInstanceStatusOutput{InstanceStatuses: []types.InstanceStatus{}, NextToken: next}
	for _, i := range found {
		status := types.SummaryStatus(i.status())
		check := types.InstanceStatusDetails{Name: types.StatusNameReachability, Status: i.reachability()}
		summary := &types.InstanceStatusSummary{Status: status, Details: []types.InstanceStatusDetails{check}}
		out.InstanceStatuses = append(out.InstanceStatuses, types.InstanceStatus{
			InstanceId: aws.String(i.ID), AvailabilityZone: aws.String(i.Zone), InstanceState: i.State.described(),
			InstanceStatus: summary, SystemStatus: summary,
		})
	}
	return out, err
}

var statusFields = fields[*Instance]{of: map[string]func(*Instance) []string{
	"availability-zone":      func(i *Instance) []string { return []string{i.Zone} },
	"instance-state-name":    func(i *Instance) []string { return []string{string(i.State)} },
	"instance-status.status": func(i *Instance) []string { return []string{i.status()} },
	"system-status.status":   func(i *Instance) []string { return []string{i.status()} },
}}

// status is what both of EC2's status checks say.
func (i *Instance) status() string {
	switch {
	case i.State != Running:
		return string(types.SummaryStatusNotApplicable)
	case i.impaired:
		return string(types.SummaryStatusImpaired)
	case !i.checked:
		return string(types.SummaryStatusInitializing)
	}
	return string(types.SummaryStatusOk)
}

func (i *Instance) reachability() types.StatusType {
	switch {
	case i.impaired:
		return types.StatusTypeFailed
	case !i.checked:
		return types.StatusTypeInitializing
	}
	return types.StatusTypePassed
}

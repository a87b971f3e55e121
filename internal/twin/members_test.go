package twin

import (
	"reflect"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	old "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancing"
	oldtypes "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancing/types"
	elb "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"bluegreen/internal/filled"
)

const (
	copied = ""
	own    = "of its own: AWS gives it"
	named  = "derived: a name by the deployment's number"
	tagged = "derived: blue's tags, which are read apart, and the deployment's own"
	finds  = "left out: of a balancer that has it there is no twin, which is a finding"
	theTwo = "derived: the twin's"
)

// rows say of each member of AWS's types what becomes of it: empty is copied, all else is the reason why it is not, or not as it is.
var rows = []struct {
	of      any
	members map[string]string
}{
	{types.LoadBalancer{}, map[string]string{
		"AvailabilityZones": "derived: their subnets", "CanonicalHostedZoneId": own, "CreatedTime": own, "CustomerOwnedIpv4Pool": copied, "DNSName": own,
		"EnablePrefixForIpv6SourceNat": copied, "EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic": "derived: set once it is made", "IpAddressType": copied, "IpamPools": copied,
		"LoadBalancerArn": own, "LoadBalancerName": named, "Scheme": copied, "SecurityGroups": copied, "State": own, "Type": copied, "VpcId": "derived: its subnets are in it",
	}},
	{elb.CreateLoadBalancerInput{}, map[string]string{
		"Name": named, "CustomerOwnedIpv4Pool": copied, "EnablePrefixForIpv6SourceNat": copied, "IpAddressType": copied, "IpamPools": copied, "Scheme": copied, "SecurityGroups": copied,
		"SubnetMappings": "left out: for addresses of its own, of which there is no copy; prefixes for source NAT AWS chooses", "Subnets": copied, "Tags": tagged, "Type": copied,
	}},
	{types.AvailabilityZone{}, map[string]string{
		"LoadBalancerAddresses": finds, "OutpostId": "derived: its subnet is there", "SourceNatIpv6Prefixes": "left out: blue's are in use; AWS chooses others", "SubnetId": copied, "ZoneName": "derived: its subnet's",
	}},
	{types.LoadBalancerAddress{}, map[string]string{"AllocationId": finds, "IPv6Address": finds, "IpAddress": own, "PrivateIPv4Address": finds}},
	{types.IpamPools{}, map[string]string{"Ipv4IpamPoolId": copied}},
	{types.Listener{}, map[string]string{
		"AlpnPolicy": copied, "Certificates": copied, "DefaultActions": "derived: they forward to the twin's target groups", "ListenerArn": own, "LoadBalancerArn": theTwo, "MutualAuthentication": finds,
		"Port": copied, "Protocol": copied, "SslPolicy": copied,
	}},
	{elb.CreateListenerInput{}, map[string]string{
		"DefaultActions": "derived: they forward to the twin's target groups", "LoadBalancerArn": theTwo, "AlpnPolicy": copied, "Certificates": copied, "MutualAuthentication": finds, "Port": copied, "Protocol": copied,
		"SslPolicy": copied, "Tags": tagged,
	}},
	{types.Certificate{}, map[string]string{"CertificateArn": copied, "IsDefault": "derived: a listener is made with its default one, others are added"}},
	{types.Rule{}, map[string]string{
		"Actions": "derived: they forward to the twin's target groups", "Conditions": copied, "IsDefault": "derived: the default one is its listener's", "Priority": copied, "RuleArn": own, "Transforms": copied,
	}},
	{elb.CreateRuleInput{}, map[string]string{
		"Actions": "derived: they forward to the twin's target groups", "Conditions": copied, "ListenerArn": theTwo, "Priority": copied, "Tags": tagged, "Transforms": copied,
	}},
	{types.RuleCondition{}, map[string]string{
		"Field": copied, "HostHeaderConfig": copied, "HttpHeaderConfig": copied, "HttpRequestMethodConfig": copied, "PathPatternConfig": copied, "QueryStringConfig": copied, "SourceIpConfig": copied,
		"RegexValues": "left out where a member of the field has them", "Values": "left out where a member of the field has them",
	}},
	{types.Action{}, map[string]string{
		"Type": copied, "AuthenticateCognitoConfig": copied, "AuthenticateOidcConfig": finds, "FixedResponseConfig": copied, "ForwardConfig": "derived: the twin's target groups", "JwtValidationConfig": copied,
		"Order": copied, "RedirectConfig": copied, "TargetGroupArn": "derived: the twin's target group",
	}},
	{types.ForwardActionConfig{}, map[string]string{"TargetGroupStickinessConfig": copied, "TargetGroups": "derived: the twin's"}},
	{types.TargetGroupTuple{}, map[string]string{"TargetGroupArn": theTwo, "Weight": copied}},
	{types.TargetGroup{}, map[string]string{
		"HealthCheckEnabled": copied, "HealthCheckIntervalSeconds": copied, "HealthCheckPath": copied, "HealthCheckPort": copied, "HealthCheckProtocol": copied, "HealthCheckTimeoutSeconds": copied,
		"HealthyThresholdCount": copied, "IpAddressType": copied, "LoadBalancerArns": own, "Matcher": copied, "Port": copied, "Protocol": copied, "ProtocolVersion": copied, "TargetControlPort": copied,
		"TargetGroupArn": own, "TargetGroupName": named, "TargetType": copied, "UnhealthyThresholdCount": copied, "VpcId": copied,
	}},
	{elb.CreateTargetGroupInput{}, map[string]string{
		"Name": named, "HealthCheckEnabled": copied, "HealthCheckIntervalSeconds": copied, "HealthCheckPath": copied, "HealthCheckPort": copied, "HealthCheckProtocol": copied, "HealthCheckTimeoutSeconds": copied,
		"HealthyThresholdCount": copied, "IpAddressType": copied, "Matcher": copied, "Port": copied, "Protocol": copied, "ProtocolVersion": copied, "Tags": tagged, "TargetControlPort": copied,
		"TargetType": copied, "UnhealthyThresholdCount": copied, "VpcId": copied,
	}},
	{elb.DescribeCapacityReservationOutput{}, map[string]string{
		"CapacityReservationState": own, "DecreaseRequestsRemaining": own, "LastModifiedTime": own, "MinimumLoadBalancerCapacity": "copied: once it is active", "ResultMetadata": own,
	}},
	{oldtypes.LoadBalancerDescription{}, map[string]string{
		"AvailabilityZones": "left out where it has subnets, which are in them", "BackendServerDescriptions": "derived: set once it is made", "CanonicalHostedZoneName": own, "CanonicalHostedZoneNameID": own, "CreatedTime": own,
		"DNSName": own, "HealthCheck": "derived: set once it is made", "Instances": "left out: green is attached to it", "ListenerDescriptions": "derived: its listeners, and their policies once it is made",
		"LoadBalancerName": named, "Policies": "derived: made once it is there", "Scheme": copied, "SecurityGroups": copied, "SourceSecurityGroup": own, "Subnets": copied, "VPCId": "derived: its subnets are in it",
	}},
	{old.CreateLoadBalancerInput{}, map[string]string{
		"Listeners": copied, "LoadBalancerName": named, "AvailabilityZones": "left out where it has subnets, which are in them", "Scheme": copied, "SecurityGroups": copied, "Subnets": copied, "Tags": tagged,
	}},
	{oldtypes.ListenerDescription{}, map[string]string{"Listener": copied, "PolicyNames": copied}},
	{oldtypes.Listener{}, map[string]string{"InstancePort": copied, "LoadBalancerPort": copied, "Protocol": copied, "InstanceProtocol": copied, "SSLCertificateId": copied}},
	{oldtypes.BackendServerDescription{}, map[string]string{"InstancePort": copied, "PolicyNames": copied}},
	{oldtypes.Policies{}, map[string]string{"AppCookieStickinessPolicies": copied, "LBCookieStickinessPolicies": copied, "OtherPolicies": "derived: described apart"}},
	{oldtypes.AppCookieStickinessPolicy{}, map[string]string{"CookieName": copied, "PolicyName": copied}},
	{oldtypes.LBCookieStickinessPolicy{}, map[string]string{"CookieExpirationPeriod": copied, "PolicyName": copied}},
	{oldtypes.PolicyDescription{}, map[string]string{"PolicyAttributeDescriptions": "copied: of one that refers to a security policy of AWS's only the reference", "PolicyName": copied, "PolicyTypeName": copied}},
	{old.CreateLoadBalancerPolicyInput{}, map[string]string{"LoadBalancerName": theTwo, "PolicyName": copied, "PolicyTypeName": copied, "PolicyAttributes": copied}},
	{oldtypes.HealthCheck{}, map[string]string{"HealthyThreshold": copied, "Interval": copied, "Target": copied, "Timeout": copied, "UnhealthyThreshold": copied}},
	{oldtypes.LoadBalancerAttributes{}, map[string]string{
		"AccessLog": "copied: last, since a bucket may refuse them", "AdditionalAttributes": copied, "ConnectionDraining": copied, "ConnectionSettings": copied, "CrossZoneLoadBalancing": copied,
	}},
}

// Each member that AWS shows of a load balancer, or takes for one, has its row.
func TestMembers(t *testing.T) {
	for _, row := range rows {
		of := reflect.TypeOf(row.of)
		fields := make(map[string]bool)
		for i := range of.NumField() {
			if field := of.Field(i); field.IsExported() {
				fields[field.Name] = true
				if _, known := row.members[field.Name]; !known {
					t.Errorf("%s.%s has no row: is it copied?", of, field.Name)
				}
			}
		}
		for name := range row.members {
			if !fields[name] {
				t.Errorf("%s.%s is no member", of, name)
			}
		}
	}
}

// What is copied is what it was, each member of it.
func TestEveryMemberIsCopied(t *testing.T) {
	balancer, x := filled.Value[types.LoadBalancer](), filled.Value[types.Listener]()
	r, g := filled.Value[types.Rule](), filled.Value[types.TargetGroup]()
	r.Priority = aws.String("7")
	for i := range r.Conditions {
		r.Conditions[i].Values, r.Conditions[i].RegexValues = nil, nil
	}
	classic := filled.Value[oldtypes.LoadBalancerDescription]()
	for _, c := range []struct{ described, made any }{
		{balancer, *copyBalancer(balancer)}, {x, *copyListener(x, nil)}, {r, *copyRule(r, nil)}, {g, *copyGroup(g)}, {classic, *copyClassic(classic)},
	} {
		from, to := reflect.ValueOf(c.described), reflect.ValueOf(c.made)
		for _, row := range rows {
			if reflect.TypeOf(row.of) != from.Type() {
				continue
			}
			for name, why := range row.members {
				switch name {
				case "Certificates", "Priority", "Subnets": // in another form: below
					continue
				}
				if why == copied && !reflect.DeepEqual(to.FieldByName(name).Interface(), from.FieldByName(name).Interface()) {
					t.Errorf("%s.%s is not copied: %v", from.Type(), name, to.FieldByName(name))
				}
			}
		}
	}
	if made := copyListener(x, nil); len(made.Certificates) != 2 || made.Certificates[0].IsDefault != nil || made.Certificates[1].CertificateArn != x.Certificates[1].CertificateArn {
		t.Errorf("certificates: %+v", made.Certificates)
	}
	if made := copyRule(r, nil); *made.Priority != 7 {
		t.Errorf("priority: %d", *made.Priority)
	}
	if made := copyBalancer(balancer); made.Subnets[0] != *balancer.AvailabilityZones[0].SubnetId || len(made.Subnets) != 2 {
		t.Errorf("subnets: %v", made.Subnets)
	}
	if made := copyClassic(classic); len(made.Listeners) != 2 || made.AvailabilityZones != nil || len(made.Subnets) != 2 {
		t.Errorf("a Classic one: %+v", made)
	}
}

// An action forwards to the twin's target groups, and is what it was else; where one target group takes all it is named once.
func TestActionsForwardToTheTwinsGroups(t *testing.T) {
	action := filled.Value[types.Action]()
	action.TargetGroupArn, action.ForwardConfig.TargetGroups[0].TargetGroupArn = aws.String("a"), aws.String("a")
	action.ForwardConfig.TargetGroups[1].TargetGroupArn = aws.String("b")
	want := action
	want.TargetGroupArn, want.ForwardConfig = nil, &types.ForwardActionConfig{
		TargetGroupStickinessConfig: action.ForwardConfig.TargetGroupStickinessConfig,
		TargetGroups:                []types.TargetGroupTuple{{TargetGroupArn: aws.String("x"), Weight: action.ForwardConfig.TargetGroups[0].Weight}, {TargetGroupArn: aws.String("y"), Weight: action.ForwardConfig.TargetGroups[1].Weight}},
	}
	groups := map[string]string{"a": "x", "b": "y"}
	ignore := cmpopts.IgnoreUnexported(types.Action{}, types.ForwardActionConfig{}, types.TargetGroupTuple{}, types.TargetGroupStickinessConfig{}, types.AuthenticateCognitoActionConfig{},
		types.AuthenticateOidcActionConfig{}, types.FixedResponseActionConfig{}, types.RedirectActionConfig{}, types.JwtValidationActionConfig{}, types.JwtValidationActionAdditionalClaim{})
	if diff := cmp.Diff([]types.Action{want}, copyActions([]types.Action{action}, groups), ignore); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
	one := types.Action{TargetGroupArn: aws.String("a"), ForwardConfig: &types.ForwardActionConfig{TargetGroups: []types.TargetGroupTuple{{TargetGroupArn: aws.String("a"), Weight: aws.Int32(1)}}}}
	if got := copyActions([]types.Action{one}, groups)[0]; *got.TargetGroupArn != "x" || got.ForwardConfig != nil {
		t.Errorf("one target group: %+v", got)
	}
	one.ForwardConfig.TargetGroups[0].Weight = aws.Int32(0)
	if got := copyActions([]types.Action{one}, groups)[0]; got.TargetGroupArn != nil || *got.ForwardConfig.TargetGroups[0].Weight != 0 {
		t.Errorf("of weight 0: %+v", got)
	}
}

// A policy that refers to one of AWS's is made by that name; any other with all that it says.
func TestSecurityPolicies(t *testing.T) {
	at := func(name, value string) oldtypes.PolicyAttributeDescription {
		return oldtypes.PolicyAttributeDescription{AttributeName: &name, AttributeValue: &value}
	}
	for want, attributes := range map[int][]oldtypes.PolicyAttributeDescription{
		1: {at("Protocol-TLSv1.2", "true"), at(reference, "ELBSecurityPolicy-2016-08"), at("AES128-SHA", "true")},
		3: {at("Protocol-TLSv1.2", "true"), at(reference, ""), at("AES128-SHA", "false")},
	} {
		if got := copyPolicy(oldtypes.PolicyDescription{PolicyAttributeDescriptions: attributes}).PolicyAttributes; len(got) != want {
			t.Errorf("%d attributes, want %d: %+v", len(got), want, got)
		}
	}
}

// Differing are the places at which two descriptions differ though what is there is copied, by the rows.
func Differing(of string, blue, twin any) []string {
	return differing(of, reflect.ValueOf(blue), reflect.ValueOf(twin))
}

func differing(of string, blue, twin reflect.Value) (places []string) {
	switch {
	case blue.Kind() == reflect.Pointer && !blue.IsNil() && !twin.IsNil():
		return differing(of, blue.Elem(), twin.Elem())
	case blue.Kind() == reflect.Slice && blue.Len() == twin.Len():
		for i := range blue.Len() {
			places = append(places, differing(of, blue.Index(i), twin.Index(i))...)
		}
		return places
	case blue.Kind() == reflect.Struct:
		for i := range blue.NumField() {
			if field := blue.Type().Field(i); field.IsExported() && strings.HasPrefix(why(blue.Type(), field.Name), "copied") {
				places = append(places, differing(of+" "+field.Name, blue.Field(i), twin.Field(i))...)
			}
		}
		return places
	case reflect.DeepEqual(blue.Interface(), twin.Interface()):
		return nil
	}
	return []string{of}
}

// why is a member's row; a type without rows is copied whole.
func why(of reflect.Type, name string) string {
	for _, row := range rows {
		if reflect.TypeOf(row.of) == of {
			if row.members[name] == copied {
				return "copied"
			}
			return row.members[name]
		}
	}
	return "copied"
}

// Only an active balancer takes traffic; one that failed never will.
func TestStates(t *testing.T) {
	is := func(code types.LoadBalancerStateEnum) *types.LoadBalancerState {
		return &types.LoadBalancerState{Code: code, Reason: aws.String("no addresses")}
	}
	for _, c := range []struct {
		is   *types.LoadBalancerState
		want state
	}{
		{is(types.LoadBalancerStateEnumActive), state{}},
		{is(types.LoadBalancerStateEnumProvisioning), state{waits: "it is provisioning: no addresses"}},
		{is(types.LoadBalancerStateEnumActiveImpaired), state{waits: "it is active_impaired: no addresses"}},
		{is(types.LoadBalancerStateEnumFailed), state{failed: "no addresses"}},
		{nil, state{waits: "AWS does not say whether it is active"}},
	} {
		if got := (&current{balancer: types.LoadBalancer{State: c.is}}).state(); got != c.want {
			t.Errorf("%+v: %+v, want %+v", c.is, got, c.want)
		}
	}
}

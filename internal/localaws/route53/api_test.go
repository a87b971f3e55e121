package route53_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/route53"
	"github.com/aws/aws-sdk-go-v2/service/route53/types"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

func TestZones(t *testing.T) {
	run(t, func(w *world) {
		refused(w, w.client.CreateHostedZone, &sdk.CreateHostedZoneInput{Name: aws.String("example.org"), CallerReference: aws.String("1")},
			"HostedZoneAlreadyExists", "A hosted zone has already been created with the specified caller reference.")
		vpc := &types.VPC{VPCId: aws.String("vpc-1"), VPCRegion: types.VPCRegionApNortheast1}
		inside := must(w, w.client.CreateHostedZone, &sdk.CreateHostedZoneInput{Name: aws.String("example.com."), CallerReference: aws.String("2"), VPC: vpc,
			HostedZoneConfig: &types.HostedZoneConfig{Comment: aws.String("inside"), PrivateZone: true}})
		if inside.Location == nil || inside.ChangeInfo.Status != types.ChangeStatusPending {
			t.Errorf("created: %+v", inside)
		}
		got := must(w, w.client.GetHostedZone, &sdk.GetHostedZoneInput{Id: inside.HostedZone.Id})
		if !got.HostedZone.Config.PrivateZone || *got.HostedZone.Config.Comment != "inside" || len(got.VPCs) != 1 || *got.VPCs[0].VPCId != "vpc-1" || got.DelegationSet != nil {
			t.Errorf("the private zone: %+v", got)
		}
		outside := must(w, w.client.GetHostedZone, &sdk.GetHostedZoneInput{Id: w.zone})
		if *outside.HostedZone.Name != "example.com." || *outside.HostedZone.ResourceRecordSetCount != 2 || len(outside.DelegationSet.NameServers) != 4 {
			t.Errorf("the public zone: %+v", outside.HostedZone)
		}
		must(w, w.client.CreateHostedZone, &sdk.CreateHostedZoneInput{Name: aws.String("a.net"), CallerReference: aws.String("3")})
		first := must(w, w.client.ListHostedZones, &sdk.ListHostedZonesInput{MaxItems: aws.Int32(2)})
		rest := must(w, w.client.ListHostedZones, &sdk.ListHostedZonesInput{Marker: first.NextMarker})
		if len(first.HostedZones) != 2 || !first.IsTruncated || len(rest.HostedZones) != 1 || rest.IsTruncated {
			t.Errorf("pages: %+v, %+v", first, rest)
		}
		named := must(w, w.client.ListHostedZonesByName, &sdk.ListHostedZonesByNameInput{DNSName: aws.String("example.com"), MaxItems: aws.Int32(2)})
		if len(named.HostedZones) != 2 || *named.HostedZones[1].Name != "example.com." || !named.IsTruncated || *named.NextDNSName != "a.net." {
			t.Errorf("by name: %+v", named)
		}
		must(w, w.client.DeleteHostedZone, &sdk.DeleteHostedZoneInput{Id: inside.HostedZone.Id})
		refused(w, w.client.GetHostedZone, &sdk.GetHostedZoneInput{Id: inside.HostedZone.Id}, "NoSuchHostedZone",
			"No hosted zone found with ID: "+(*inside.HostedZone.Id)[len("/hostedzone/"):])
	})
}

// A change is there for the API at once, also while it is PENDING.
func TestChangeIsPendingThenInSync(t *testing.T) {
	run(t, func(w *world) {
		info := w.change("CREATE", alias("www.example.com", "blue"))
		status := func() types.ChangeStatus {
			return must(w, w.client.GetChange, &sdk.GetChangeInput{Id: info.Id}).ChangeInfo.Status
		}
		if got := status(); got != types.ChangeStatusPending {
			t.Errorf("at once: %s", got)
		}
		if got := w.listed("www.example.com"); len(got) == 0 || got[len(got)-1] != "www.example.com. A dualstack.blue.ap-northeast-1.elb.amazonaws.com." {
			t.Errorf("listed: %q", got)
		}
		w.pass(41 * time.Second)
		if got := status(); got != types.ChangeStatusInsync {
			t.Errorf("after 41 s: %s", got)
		}
		refused(w, w.client.GetChange, &sdk.GetChangeInput{Id: aws.String("C0")}, "NoSuchChange", "Could not find resource with ID: C0")
	})
}

// A listing is by labels from their end, then by type and identifier; names are in lower case and what is odd in octal.
func TestListingsOrder(t *testing.T) {
	run(t, func(w *world) {
		w.change("CREATE", address("B.example.com", "192.0.2.1"), "CREATE", address("a.b.example.com", "192.0.2.1"), "CREATE", address("*.example.com", "192.0.2.1"),
			"CREATE", weigh(address("c.example.com", "192.0.2.1"), "two", 1), "CREATE", weigh(address("c.example.com", "192.0.2.2"), "one", 1))
		want := []string{"example.com. NS", "example.com. SOA", `\052.example.com. A`, "b.example.com. A", "a.b.example.com. A", "c.example.com. A one", "c.example.com. A two"}
		if diff := cmp.Diff(want, w.listed("")); diff != "" {
			t.Errorf("all (-want +got):\n%s", diff)
		}
		if diff := cmp.Diff(want[5:], w.listed("aa.b.example.com")); diff != "" {
			t.Errorf("from a name that is not there (-want +got):\n%s", diff)
		}
	})
}

// One batch of DELETE as read and CREATE as wanted fails if somebody has changed the record, and then changes nothing.
func TestDeleteMustMatch(t *testing.T) {
	run(t, func(w *world) {
		blue, green := alias("www.example.com", "blue"), alias("www.example.com", "green")
		w.change("CREATE", blue)
		w.change("DELETE", blue, "CREATE", green)
		w.refusedChange("[Tried to delete resource record set [name='www.example.com.', type='A'] but the values provided do not match the current values, "+
			"Tried to create resource record set [name='www.example.com.', type='A'] but it already exists]", "DELETE", blue, "CREATE", blue)
		unlike := green
		target := *green.AliasTarget
		target.EvaluateTargetHealth = false
		unlike.AliasTarget = &target
		w.refusedChange("[Tried to delete resource record set [name='www.example.com.', type='A'] but the values provided do not match the current values]",
			"CREATE", address("x.example.com", "192.0.2.1"), "DELETE", unlike)
		if diff := cmp.Diff([]string{"www.example.com. A dualstack.green.ap-northeast-1.elb.amazonaws.com."}, w.listed("www.example.com")); diff != "" {
			t.Errorf("left (-want +got):\n%s", diff)
		}
		read := must(w, w.client.ListResourceRecordSets, &sdk.ListResourceRecordSetsInput{HostedZoneId: w.zone, StartRecordName: aws.String("www.example.com")}).ResourceRecordSets[0]
		w.change("DELETE", read)
		w.refusedChange("[Tried to delete resource record set [name='www.example.com.', type='A'] but it was not found]", "DELETE", read)
		w.change("UPSERT", blue)
		w.change("UPSERT", green)
	})
}

// What was stored of other routing policies is described whole.
func TestRecordSetsAreStoredWhole(t *testing.T) {
	run(t, func(w *world) {
		geo := address("geo.example.com.", "192.0.2.1")
		geo.SetIdentifier, geo.GeoLocation, geo.HealthCheckId = aws.String("jp"), &types.GeoLocation{CountryCode: aws.String("JP")}, aws.String("check")
		latency := alias("near.example.com.", "blue")
		latency.SetIdentifier, latency.Region = aws.String("tokyo"), types.ResourceRecordSetRegionApNortheast1
		w.change("CREATE", geo, "CREATE", latency)
		got := must(w, w.client.ListResourceRecordSets, &sdk.ListResourceRecordSetsInput{HostedZoneId: w.zone, StartRecordName: aws.String("geo.example.com")}).ResourceRecordSets
		latency.AliasTarget.DNSName = aws.String(*latency.AliasTarget.DNSName + ".")
		unexported := cmpopts.IgnoreUnexported(types.ResourceRecordSet{}, types.GeoLocation{}, types.ResourceRecord{}, types.AliasTarget{})
		if diff := cmp.Diff([]types.ResourceRecordSet{geo, latency}, got, unexported); diff != "" {
			t.Errorf("described (-want +got):\n%s", diff)
		}
	})
}

func TestChangesThatAreRefused(t *testing.T) {
	run(t, func(w *world) {
		www := alias("www.example.com", "blue")
		w.change("CREATE", www, "CREATE", weigh(address("w.example.com", "192.0.2.1"), "a", 10))
		cname := types.ResourceRecordSet{Name: aws.String("www.example.com"), Type: types.RRTypeCname, TTL: aws.Int64(60), ResourceRecords: []types.ResourceRecord{{Value: aws.String("x.example.net")}}}
		otherTTL := weigh(address("w.example.com", "192.0.2.2"), "b", 1)
		otherTTL.TTL = aws.Int64(60)
		wrongZone := alias("z.example.com", "blue")
		wrongZone.AliasTarget.HostedZoneId = aws.String("Z31USIVHYNEOWT")
		for _, test := range []struct {
			message string
			changes []any
		}{
			{"[Tried to create resource record set [name='www.example.com.', type='A'] but it already exists]", []any{"CREATE", www}},
			{"[RRSet with DNS name www.example.org. is not permitted in zone example.com.]", []any{"CREATE", alias("www.example.org", "blue")}},
			{"[RRSet with DNS name www.example.com., type A, SetIdentifier a cannot be created as a non-weighted set exists with the same name and type.]",
				[]any{"CREATE", weigh(www, "a", 1)}},
			{"[RRSet with DNS name w.example.com., type A cannot be created as other RRSets exist with the same name and type.]", []any{"CREATE", address("w.example.com", "192.0.2.2")}},
			{"[RRSet with DNS name w.example.com., type A, SetIdentifier b cannot be created as weighted sets must contain the same TTL.]", []any{"CREATE", otherTTL}},
			{"[RRSet of type CNAME with DNS name www.example.com. is not permitted as it conflicts with other records with the same DNS name in zone example.com.]", []any{"CREATE", cname}},
			{"[Tried to create an alias that targets dualstack.blue.ap-northeast-1.elb.amazonaws.com., type A in zone Z31USIVHYNEOWT, but the alias target name does not lie within the target zone]",
				[]any{"CREATE", wrongZone}},
			{"[Tried to create resource record set [name='w.example.com.', type='A', set-identifier='a'] but it already exists]", []any{"CREATE", weigh(address("w.example.com", "192.0.2.1"), "a", 10)}},
		} {
			w.refusedChange(test.message, test.changes...)
		}
		form := func(message string, set types.ResourceRecordSet) {
			w.Helper()
			refused(w, w.client.ChangeResourceRecordSets, w.batch("CREATE", set), "InvalidInput", message)
		}
		empty := types.ResourceRecordSet{Name: aws.String("e.example.com"), Type: types.RRTypeA}
		form("Invalid request: Expected exactly one of [AliasTarget, all of [TTL, and ResourceRecords], or TrafficPolicyInstanceId], but found none in "+
			"Change with [Action=CREATE, Name=e.example.com., Type=A, SetIdentifier=null]", empty)
		nameless := address("e.example.com", "192.0.2.1")
		nameless.Weight = aws.Int64(1)
		form("Invalid request: Missing field 'SetIdentifier' in Change with [Action=CREATE, Name=e.example.com., Type=A, SetIdentifier=null]", nameless)
		// From simple to weighted: DELETE, then CREATE, in this order.
		w.change("DELETE", www, "CREATE", weigh(www, "blue", 100), "CREATE", weigh(alias("www.example.com", "green"), "green", 0))
	})
}

func TestLimitOfABatch(t *testing.T) {
	run(t, func(w *world) {
		set := types.ResourceRecordSet{Name: aws.String("many.example.com"), Type: types.RRTypeA, TTL: aws.Int64(60)}
		for k := range 501 {
			set.ResourceRecords = append(set.ResourceRecords, types.ResourceRecord{Value: aws.String(fmt.Sprintf("10.0.%d.%d", k/250, k%250))})
		}
		w.refusedChange("[Number of records limit of 1000 exceeded.]", "UPSERT", set) // an UPSERT counts twice
		w.change("CREATE", set)
	})
}

// A batch that touches a protected name and type is refused whole.
func TestProtectedRecordSets(t *testing.T) {
	run(t, func(w *world) {
		www := alias("www.example.com", "blue")
		w.change("CREATE", www)
		protect := &sdk.CreateResourceRecordSetProtectionsInput{HostedZoneId: w.zone, Protections: []types.ResourceRecordSetProtectionConfig{
			{RecordName: aws.String("www.example.com"), RecordType: types.RRTypeA, Comment: aws.String("ask the shop")}}}
		must(w, w.client.CreateResourceRecordSetProtections, protect)
		refused(w, w.client.CreateResourceRecordSetProtections, protect, "ProtectionAlreadyExists", "A protection already exists for every name and type in the request")
		listed := must(w, w.client.ListResourceRecordSetProtections, &sdk.ListResourceRecordSetProtectionsInput{HostedZoneId: w.zone, StartRecordName: aws.String("www.example.com")}).ResourceRecordSetProtections
		if len(listed) != 1 || *listed[0].RecordName != "www.example.com." || *listed[0].Comment != "ask the shop" {
			t.Errorf("listed: %+v", listed)
		}
		w.refusedChange("[The resource record set [name='www.example.com.', type='A'] is protected: ask the shop]",
			"CREATE", address("x.example.com", "192.0.2.1"), "UPSERT", alias("www.example.com", "green"))
		if got := w.listed("x.example.com"); len(got) != 0 {
			t.Errorf("part of the batch was made: %q", got)
		}
		must(w, w.client.DeleteResourceRecordSetProtections, &sdk.DeleteResourceRecordSetProtectionsInput{HostedZoneId: w.zone,
			Protections: []types.ResourceRecordSetProtectionKey{{RecordName: aws.String("www.example.com"), RecordType: types.RRTypeA}}})
		w.change("UPSERT", alias("www.example.com", "green"))
	})
}

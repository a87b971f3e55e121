package load

import (
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	elb "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancing"
	"github.com/aws/aws-sdk-go-v2/service/route53"
	"github.com/aws/aws-sdk-go-v2/service/route53/types"

	"bluegreen/internal/local"
	"bluegreen/internal/localaws/world"
)

// Clients that know a fleet by a name follow its record to another load balancer. When the last of them has, ten minutes
// later, the former one can go without a request lost.
func TestClientsFollowTheName(t *testing.T) {
	e, err := local.Open(local.Options{Address: "127.0.0.1:0", Speed: 200, Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	plan := world.DefaultPlan()
	plan.Classics, plan.Record = 2, "shop.example.com"
	e.World = must[world.World](t)(world.Seeder{Config: e.Config, Clock: e.Clock}.Seed(t.Context(), plan))
	requests := must[*Requests](t)(StartRequests(t.Context(), e, 40))
	balancers := elb.NewFromConfig(e.Config)
	next := must[*elb.DescribeLoadBalancersOutput](t)(balancers.DescribeLoadBalancers(t.Context(),
		&elb.DescribeLoadBalancersInput{LoadBalancerNames: e.World.LoadBalancerNames[1:]})).LoadBalancerDescriptions[0]
	must[*route53.ChangeResourceRecordSetsOutput](t)(route53.NewFromConfig(e.Config).ChangeResourceRecordSets(t.Context(), &route53.ChangeResourceRecordSetsInput{
		HostedZoneId: &e.World.HostedZoneID, ChangeBatch: &types.ChangeBatch{Changes: []types.Change{{Action: types.ChangeActionUpsert,
			ResourceRecordSet: &types.ResourceRecordSet{Name: aws.String("shop.example.com"), Type: types.RRTypeA,
				AliasTarget: &types.AliasTarget{DNSName: next.DNSName, HostedZoneId: next.CanonicalHostedZoneNameID}}}}}}))
	if err := e.Clock.Sleep(t.Context(), staleHold+3*time.Minute); err != nil {
		t.Fatal(err)
	}
	must[*elb.DeleteLoadBalancerOutput](t)(balancers.DeleteLoadBalancer(t.Context(), &elb.DeleteLoadBalancerInput{LoadBalancerName: &e.World.LoadBalancerNames[0]}))
	if err := e.Clock.Sleep(t.Context(), 2*time.Minute); err != nil {
		t.Fatal(err)
	}
	if seen := must[Measured](t)(requests.End(t.Context())); seen.Requests.Failed > 0 || seen.Requests.Sent < 50 {
		t.Errorf("%d of %d requests failed: %v", seen.Requests.Failed, seen.Requests.Sent, seen.FailedRequests)
	}
}

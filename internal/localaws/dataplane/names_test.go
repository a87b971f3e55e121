package dataplane_test

import (
	"io"
	"net/http"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	elb "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancing"
	sdk "github.com/aws/aws-sdk-go-v2/service/route53"
	"github.com/aws/aws-sdk-go-v2/service/route53/types"

	"bluegreen/internal/localaws/account"
	"bluegreen/internal/localaws/dataplane"
	"bluegreen/internal/localaws/route53"
	"bluegreen/internal/localaws/wire"
)

// A client that resolves a name reaches the load balancer that the record stands for, and the next one when the record has
// changed and its TTL is over; a connection that it keeps open stays.
func TestClientsFollowARecord(t *testing.T) {
	f := newFixture(t)
	settings := route53.DefaultSettings()
	settings.Propagation = account.Constant(time.Second)
	zones := route53.New(f.acct, settings)
	endpoint := wire.NewEndpoint(f.acct, wire.DefaultSettings(), nil)
	endpoint.Add(zones.Service())
	names := sdk.NewFromConfig(endpoint.Config(wire.Caller{}))
	zone, err := names.CreateHostedZone(t.Context(), &sdk.CreateHostedZoneInput{Name: aws.String("example.com"), CallerReference: aws.String("1")})
	f.must(err)
	ids := f.launchAnswering(2)
	f.front("HTTP", "HTTP:8080/health")
	f.behindFront(ids[0])
	twin := f.classicOf("twin", ids[1])
	point := func(balancer string) {
		described, err := f.elb.DescribeLoadBalancers(t.Context(), &elb.DescribeLoadBalancersInput{LoadBalancerNames: []string{balancer}})
		f.must(err)
		b := described.LoadBalancerDescriptions[0]
		_, err = names.ChangeResourceRecordSets(t.Context(), &sdk.ChangeResourceRecordSetsInput{HostedZoneId: zone.HostedZone.Id, ChangeBatch: &types.ChangeBatch{
			Changes: []types.Change{{Action: types.ChangeActionUpsert, ResourceRecordSet: &types.ResourceRecordSet{Name: aws.String("shop.example.com"), Type: types.RRTypeA,
				AliasTarget: &types.AliasTarget{DNSName: aws.String("dualstack." + *b.DNSName), HostedZoneId: b.CanonicalHostedZoneNameID}}}}}})
		f.must(err)
	}
	point("front")
	f.must(f.clock.Sleep(t.Context(), 2*time.Second))
	client := func(keep bool) func() string {
		f.acct.Lock()
		resolver := zones.Resolver(0)
		f.acct.Unlock()
		c := &http.Client{Transport: &http.Transport{DisableKeepAlives: !keep,
			DialContext: f.plane.DialBy(func(host string) (string, error) { return resolver.Resolve(host, types.RRTypeA) })}}
		return func() string {
			response, err := c.Get("http://shop.example.com/")
			if err != nil {
				return ""
			}
			defer response.Body.Close()
			_, err = io.Copy(io.Discard, response.Body)
			f.must(err)
			return response.Header.Get(dataplane.InstanceHeader)
		}
	}
	fresh, pooled := client(false), client(true)
	f.until("the name is known", func() bool { return fresh() == ids[0] && pooled() == ids[0] })
	point(twin)
	f.until("who resolves again is on the twin", func() bool { return fresh() == ids[1] })
	if got := pooled(); got != ids[0] {
		t.Errorf("a client with an open connection is answered by %s, want %s", got, ids[0])
	}
}

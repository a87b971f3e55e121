package twin

import (
	"maps"
	"regexp"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"

	"bluegreen/internal/deploy"
	"bluegreen/internal/ledger"
)

// Names tell the deployment's number, are ones that AWS takes, and no two of a kind are alike.
func TestNames(t *testing.T) {
	long := strings.Repeat("x", 31) + "y"
	blue := []Balancer{{whole: &current{
		balancer: types.LoadBalancer{LoadBalancerName: aws.String("shop")},
		groups:   []group{{of: "shop"}, {of: "api-v002"}, {of: "api"}, {of: long}, {of: long[:31] + "z"}, {of: "shop-v003"}},
	}}}
	got := namesOf(blue, deploy.Deployment{Generation: 3})
	for name, want := range map[string]string{"api": "api-v003", "shop": `shop-[0-9a-f]{8}-v003`, "api-v002": `api-[0-9a-f]{8}-v003`, long: `x{18}-[0-9a-f]{8}-v003`} {
		if made := got[ledger.Made{What: ledger.MadeTargetGroup, Name: name}]; !regexp.MustCompile("^" + want + "$").MatchString(made) {
			t.Errorf("%s becomes %s, not %s", name, made, want)
		}
	}
	if made := got[ledger.Made{What: ledger.MadeBalancer, Name: "shop"}]; made != "shop-v003" {
		t.Errorf("the balancer becomes %s", made)
	}
	seen := make(map[ledger.Made]bool)
	for original, name := range got {
		of := ledger.Made{What: original.What, Name: name}
		if seen[of] || len(name) > longestName || !regexp.MustCompile(`^[a-z0-9][a-z0-9-]*-v003$`).MatchString(name) {
			t.Errorf("%v becomes %s", original, name)
		}
		seen[of] = true
	}
	if again := namesOf(blue, deploy.Deployment{Generation: 3}); !maps.Equal(got, again) || len(got) != 7 {
		t.Errorf("then %v", again)
	}
}

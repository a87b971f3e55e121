package scenario

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/route53/types"
	"github.com/cockroachdb/datadriven"
)

// askers is how many clients ask for a name, each for the first time.
const askers = 40

// resolve tells what clients are answered who ask now for name= (the seeded record): while a change is pending, name servers
// differ.
func (s *Script) resolve(_ context.Context, d *datadriven.TestData) (string, error) {
	name := argument(d, "name", s.r.World.Record)
	if name == "" {
		return "", fmt.Errorf("resolve needs a name=, or a world with a record=")
	}
	s.r.AWS.Account.Lock()
	defer s.r.AWS.Account.Unlock()
	balancers := make(map[string]string)
	for _, view := range s.r.AWS.Listeners() {
		balancers[strings.ToLower(view.DNSName)] = view.LoadBalancerName
	}
	found := make(map[string]bool)
	for range askers {
		target, err := s.r.AWS.Zones.Resolver(0).Resolve(name, types.RRTypeA)
		switch balancer, known := balancers[target]; {
		case err != nil:
			found[err.Error()] = true
		case known:
			found[balancer] = true
		default:
			found[target] = true
		}
	}
	return name + ": " + strings.Join(slices.Sorted(maps.Keys(found)), ", or ") + "\n", nil
}

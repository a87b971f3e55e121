package load

import (
	"net/http"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/route53/types"

	"bluegreen/internal/local"
)

// staleHold is how long, in the clock's time, the first client keeps an answer of the DNS whatever its TTL says.
const staleHold = 10 * time.Minute

// byName has each client know the fleet by its name, with a resolver of its own, and open a connection for each request: a
// connection that is kept open would never follow the name.
func byName(e *local.Environment) func(connection int) *http.Client {
	return func(connection int) *http.Client {
		hold := time.Duration(0)
		if connection == 0 {
			hold = staleHold
		}
		e.AWS.Account.Lock()
		resolver := e.AWS.Zones.Resolver(hold)
		e.AWS.Account.Unlock()
		return &http.Client{Transport: &http.Transport{
			DisableKeepAlives: true,
			DialContext: e.Plane.DialBy(func(host string) (string, error) {
				return resolver.Resolve(host, types.RRTypeA)
			}),
		}}
	}
}

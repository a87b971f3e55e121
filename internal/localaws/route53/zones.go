// Package route53 is a model of Amazon Route 53: hosted zones, their record sets and changes that name servers learn of one
// after the other; and a resolver, as clients have one, that caches what it is answered.
//
// Every method is called with the account's lock held, but for Service, whose operations the endpoint runs.
package route53

import (
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/route53/types"

	"bluegreen/internal/localaws/account"
	"bluegreen/internal/localaws/wire"
)

// Settings is the time model of Route 53, in the account's time, and its quotas.
type Settings struct {
	// Propagation is how long a change is PENDING: within 60 s generally, users see 10 to 120 s (aws-facts I4). Each name
	// server learns of it at a time of its own within that.
	Propagation account.Duration
	// Quotas: 500 zones an account, 10,000 record sets a zone, 100 records with the same name, type and routing policy.
	MaxZones, MaxRecordSets, MaxRouted int
}

// DefaultSettings are the settings closest to AWS.
func DefaultSettings() Settings {
	return Settings{
		Propagation: account.Duration{Min: 10 * time.Second, Max: 60 * time.Second},
		MaxZones:    500, MaxRecordSets: 10_000, MaxRouted: 100,
	}
}

// Zones is Route 53 in one account. It is a global service.
type Zones struct {
	account  *account.Account
	settings Settings
	zones    []*zone // as created
	changes  map[string]*types.ChangeInfo

	healthy func(dnsName string) bool // nil: every load balancer is
	changed []func()
}

// New returns a Route 53 without zones.
func New(acct *account.Account, settings Settings) *Zones {
	return &Zones{account: acct, settings: settings, changes: make(map[string]*types.ChangeInfo)}
}

// EvaluateBy says whether the load balancer with a DNS name is healthy, for aliases that evaluate the health of their target.
func (z *Zones) EvaluateBy(healthy func(dnsName string) bool) { z.healthy = healthy }

// OnChange has f hear each time that records were changed, or that a name server has learned of it.
func (z *Zones) OnChange(f func()) { z.changed = append(z.changed, f) }

func (z *Zones) tell() {
	for _, f := range z.changed {
		f()
	}
}

// Sets are the record sets of a zone, as the API shows them; none where there is no such zone.
func (z *Zones) Sets(id string) []types.ResourceRecordSet {
	x, err := z.zone(&id)
	if err != nil {
		return nil
	}
	return x.sets
}

// servers is how many name servers a zone has.
const servers = 4

// zone is a hosted zone.
type zone struct {
	id, name    string
	reference   string
	comment     *string
	private     bool
	vpcs        []types.VPC
	nameServers []string

	sets        []types.ResourceRecordSet // in the order of listings; replaced as a whole
	protections []types.ResourceRecordSetProtection
	served      [servers][]types.ResourceRecordSet // what each name server answers from
	version     [servers]int                       // of that
	changed     int                                // how often the zone was
}

func (z *Zones) zone(id *string) (*zone, error) {
	wanted := strings.TrimPrefix(aws.ToString(id), "/hostedzone/")
	for _, found := range z.zones {
		if found.id == wanted {
			return found, nil
		}
	}
	return nil, &wire.Error{Code: "NoSuchHostedZone", Message: "No hosted zone found with ID: " + wanted, Status: 404}
}

func (x *zone) describe() *types.HostedZone {
	return &types.HostedZone{
		Id: aws.String("/hostedzone/" + x.id), Name: aws.String(x.name), CallerReference: aws.String(x.reference),
		Config: &types.HostedZoneConfig{PrivateZone: x.private, Comment: x.comment}, ResourceRecordSetCount: aws.Int64(int64(len(x.sets))),
	}
}

func (x *zone) delegation() *types.DelegationSet {
	if x.private {
		return nil
	}
	return &types.DelegationSet{NameServers: x.nameServers}
}

// submit begins a change, whose effect is there for the API at once: each name server learns of it when it does, and then it
// is INSYNC.
func (z *Zones) submit(x *zone, comment *string) *types.ChangeInfo {
	id := "C" + strings.ToUpper(z.account.Hex(20))
	info := &types.ChangeInfo{
		Id: aws.String("/change/" + id), Status: types.ChangeStatusPending, SubmittedAt: aws.Time(z.account.Now().Truncate(time.Millisecond)), Comment: comment,
	}
	z.changes[id] = info
	x.changed++
	version, sets, last := x.changed, x.sets, z.account.Draw(z.settings.Propagation)
	for server := range servers {
		learns := last
		if server > 0 {
			learns = time.Duration(z.account.Float() * float64(last))
		}
		z.account.After(learns, func() {
			if version > x.version[server] {
				x.version[server], x.served[server] = version, sets
				z.tell()
			}
		})
	}
	z.account.After(last, func() { info.Status = types.ChangeStatusInsync })
	z.tell()
	return copied(info)
}

func copied(info *types.ChangeInfo) *types.ChangeInfo {
	shown := *info
	return &shown
}

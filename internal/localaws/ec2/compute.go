// Package ec2 is a model of the part of Amazon EC2 that fleets are made of: the default VPC, images, launch templates,
// and instances that boot, answer, fall sick and end.
//
// Every method is called with the account's lock held, but for Service, whose operations the endpoint runs.
package ec2

import (
	"time"

	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"bluegreen/internal/localaws/account"
)

// Compute is EC2 in one account and Region.
type Compute struct {
	account  *account.Account
	settings Settings

	instances   map[string]*Instance
	order       []*Instance // as launched
	images      map[string]*image
	templates   map[string]*template // by id
	network     network
	capacity    map[pool]int    // launches left; a pool that is not here is unlimited
	unoffered   map[pool]bool   // types that a zone does not have
	launches    map[string]ran  // by client token
	made        map[string]made // launch templates and versions, by what tokenKey says of the request that made them
	deletedKeys map[string]bool // key pairs, by name

	deletedProfiles map[string]bool // by name

	alias        func(reference string) (image string, err error)
	snapshots    []*snapshot          // oldest first
	deregistered map[string]time.Time // images, by id
	failing      int                  // images to come that fail
	imaged       []func(*Instance, string)
	imageGone    []func(string)

	listeners []func(*Instance)
	events    []func(detailType string, resources []string, detail any)

	endpointServices []types.ServiceConfiguration // as created
}

// New returns the EC2 of an account that has nothing yet but its default VPC. It is called without the lock.
func New(acct *account.Account, settings Settings) *Compute {
	acct.Lock()
	defer acct.Unlock()
	return &Compute{
		account:     acct,
		deletedKeys: make(map[string]bool), deletedProfiles: make(map[string]bool), deregistered: make(map[string]time.Time),
		settings:  settings,
		instances: make(map[string]*Instance),
		images:    make(map[string]*image),
		templates: make(map[string]*template),
		network:   newNetwork(acct),
		capacity:  make(map[pool]int),
		unoffered: make(map[pool]bool),
		launches:  make(map[string]ran),
		made:      make(map[string]made),
	}
}

// OnChange calls f, with the lock held, after an instance changes its state or its application starts or stops
// answering.
func (c *Compute) OnChange(f func(*Instance)) { c.listeners = append(c.listeners, f) }

func (c *Compute) changed(i *Instance) {
	c.tellState(i)
	for _, f := range c.listeners {
		f(i)
	}
}

// Instances are all instances that the account still knows, as launched.
func (c *Compute) Instances() []*Instance { return c.order }

// Instance returns an instance by its id, also one that was terminated within the last hour.
func (c *Compute) Instance(id string) (*Instance, bool) {
	i, ok := c.instances[id]
	return i, ok
}

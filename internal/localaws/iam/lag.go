package iam

import (
	"maps"
	"slices"
	"time"
)

// Lag is how long IAM does not see yet what is new. It is eventually consistent, and so are the tags that its conditions ask
// for (IAM user guide, "Changes that I make are not always immediately visible"). What is refused for a lag is refused in
// the words of any refusal, and nobody hears of it by OnDenied: the role does have the permission.
type Lag struct {
	Roles time.Duration // a policy of a role, since it was put there
	Tags  time.Duration // the tags of a group or of an instance, since that was made
}

// SetLag makes IAM lag from now on. The zero Lag, which is the default, is none.
func (r *Roles) SetLag(lag Lag) { r.lag = lag }

// seen are the tags of what was made at that time, as far as they are seen already.
func (a *asker) seen(tags map[string]string, made time.Time) map[string]string {
	if a.roles.account.Now().Sub(made) < a.lag.Tags {
		return nil
	}
	return tags
}

// statements are those of the role's policies that are seen already.
func (a *asker) statements() statements {
	if a.lag.Roles == 0 {
		return a.role.all
	}
	now := a.roles.account.Now()
	var seen []*Policy
	for _, name := range slices.Sorted(maps.Keys(a.role.policies)) {
		if put := a.role.policies[name]; now.Sub(put.since) >= a.lag.Roles {
			seen = append(seen, put.Policy)
		}
	}
	return newStatements(seen)
}

// late reports whether a request would be allowed but for the lag.
func (a *asker) late(request Request) bool {
	lag := a.lag
	defer func() { a.lag = lag }()
	a.lag = Lag{}
	return lag != a.lag && a.role.all.decide(request).Allowed
}

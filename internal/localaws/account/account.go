// Package account is what every service of the model shares: one AWS account in one Region, with its clock, its seeded
// randomness and its one lock.
package account

import (
	"fmt"
	"math/rand/v2"
	"sync"
	"time"

	"bluegreen/internal/clock"
)

// Account is an AWS account in one Region. Its lock guards the state of every service: an operation, and everything
// that the model does by itself as time passes, runs with the lock held and never waits while it holds it.
type Account struct {
	ID     string // twelve digits
	Region string
	Clock  clock.Clock

	mu   sync.Mutex
	rand *rand.Rand
}

// New returns an account whose random draws follow from seed.
func New(id, region string, c clock.Clock, seed uint64) *Account {
	return &Account{ID: id, Region: region, Clock: c, rand: rand.New(rand.NewPCG(seed, 0x6272696768746c79))}
}

// Lock takes the account's lock.
func (a *Account) Lock() { a.mu.Lock() }

// Unlock gives the account's lock back.
func (a *Account) Unlock() { a.mu.Unlock() }

// After runs f, with the lock held, once d has passed.
func (a *Account) After(d time.Duration, f func()) clock.Timer {
	return a.Clock.AfterFunc(d, func() {
		a.Lock()
		defer a.Unlock()
		f()
	})
}

// Now is the account's time.
func (a *Account) Now() time.Time { return a.Clock.Now() }

// Hex draws n hexadecimal digits, as resource ids have them. The lock is held.
func (a *Account) Hex(n int) string {
	const digits = "0123456789abcdef"
	id := make([]byte, n)
	for i := range id {
		id[i] = digits[a.rand.IntN(len(digits))]
	}
	return string(id)
}

// UUID draws a version 4 UUID. The lock is held.
func (a *Account) UUID() string {
	return fmt.Sprintf("%s-%s-4%s-8%s-%s", a.Hex(8), a.Hex(4), a.Hex(3), a.Hex(3), a.Hex(12))
}

// Float draws a number in [0, 1). The lock is held.
func (a *Account) Float() float64 { return a.rand.Float64() }

// Draw draws a duration from d. The lock is held.
func (a *Account) Draw(d Duration) time.Duration {
	if d.Max <= d.Min {
		return d.Min
	}
	return d.Min + time.Duration(a.rand.Int64N(int64(d.Max-d.Min)))
}

// ARN is the name of a resource of this account: arn:aws:service:region:account:resource.
func (a *Account) ARN(service, resource string) string {
	return fmt.Sprintf("arn:aws:%s:%s:%s:%s", service, a.Region, a.ID, resource)
}

// Duration is a uniform distribution from Min to Max; a Max below Min stands for the constant Min.
type Duration struct{ Min, Max time.Duration }

// Constant is a Duration that never varies.
func Constant(d time.Duration) Duration { return Duration{Min: d, Max: d} }

package account

import (
	"time"

	"bluegreen/internal/clock"
)

// Phase is what is going on with something, a target say: it is over when it stops, and what was to happen in it does not happen. The
// account's lock is held, but where a method says otherwise. The zero value is ready.
type Phase struct {
	number int
	timer  clock.Timer // the next thing to happen
}

// Stop ends what is going on.
func (p *Phase) Stop() {
	p.number++
	if p.timer != nil {
		p.timer.Stop()
		p.timer = nil
	}
}

// After lets f happen later, unless the phase ends before.
func (p *Phase) After(a *Account, d time.Duration, f func()) {
	began := p.number
	p.timer = a.After(d, func() {
		if p.Is(began) {
			f()
		}
	})
}

// Check lets f happen later, without the lock: it is given the phase that it began in, and asks Is once it has the lock.
func (p *Phase) Check(a *Account, d time.Duration, f func(began int)) {
	began := p.number
	p.timer = a.Clock.AfterFunc(d, func() { f(began) })
}

// Is reports whether the phase of that number still lasts.
func (p *Phase) Is(began int) bool { return p.number == began }

package account

import "time"

// Timeline remembers what something was, for readers that see changes late. The zero value is ready.
type Timeline[T any] struct {
	moments []moment[T]
}

type moment[T any] struct {
	from  time.Time
	value T
}

// Add notes what holds from now on, and forgets what no reader can see any more who sees changes lag late.
func (l *Timeline[T]) Add(now time.Time, value T, lag time.Duration) {
	kept := l.moments
	for len(kept) > 1 && !kept[1].from.After(now.Add(-lag)) {
		kept = kept[1:]
	}
	l.moments = append(kept, moment[T]{now, value})
}

// At is what a reader sees who sees the world as of then; the zero value if there was nothing yet.
func (l *Timeline[T]) At(then time.Time) T {
	for k := len(l.moments) - 1; k >= 0; k-- {
		if !l.moments[k].from.After(then) {
			return l.moments[k].value
		}
	}
	var none T
	return none
}

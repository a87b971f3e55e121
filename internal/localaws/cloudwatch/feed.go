package cloudwatch

import (
	"slices"
	"time"

	"bluegreen/internal/localaws/account"
)

// feed records the metrics of a namespace each minute while somebody wants them.
type feed struct {
	namespace string
	record    func(minute time.Time)
	until     time.Time // of what a client's last read is worth
	running   bool
}

// readFor is how long a client's read of a namespace keeps its feed going.
const readFor = 3 * time.Hour

// Feed has record called at the end of each minute, with the minute's beginning, from when an alarm watches a metric of the
// namespace or a client reads one. Before that nothing is recorded: that costs nothing.
func (a *Alarms) Feed(namespace string, record func(minute time.Time)) {
	a.feeds[namespace] = &feed{namespace: namespace, record: record}
}

// Want notes that somebody wants the metrics of a namespace.
func (a *Alarms) Want(namespace string) {
	f := a.feeds[namespace]
	if f == nil {
		return
	}
	f.until = a.account.Now().Add(readFor)
	if f.running {
		return
	}
	f.running = true
	EachMinute(a.account, func(minute time.Time) bool {
		f.record(minute)
		f.running = a.account.Now().Before(f.until) || a.watched(f.namespace)
		return f.running
	})
}

// EachMinute calls f, with the lock held, at the end of the minute that is under way and of those after it, with the
// minute's beginning, for as long as it returns true.
func EachMinute(acct *account.Account, f func(minute time.Time) (again bool)) {
	follow(acct, acct.Now().Truncate(time.Minute), f)
}

func follow(acct *account.Account, minute time.Time, f func(minute time.Time) (again bool)) {
	end := minute.Add(time.Minute)
	acct.After(end.Sub(acct.Now()), func() {
		if f(minute) {
			follow(acct, end, f)
		}
	})
}

// watched reports whether an alarm watches a metric of a namespace.
func (a *Alarms) watched(namespace string) bool {
	for _, m := range a.alarms {
		if m.watches != nil && slices.Contains(m.watches.namespaces(), namespace) {
			return true
		}
	}
	return false
}

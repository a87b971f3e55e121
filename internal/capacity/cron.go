package capacity

import (
	"regexp"
	"strings"
	"time"
	_ "time/tzdata" // a zone means the same wherever this runs

	"github.com/robfig/cron/v3"
)

// sunday is the other number of Sunday in the field of days of the week, which Unix cron knows and the library does not.
var sunday = regexp.MustCompile(`(^|,)7(,|$)`)

// NextRun is when a recurrence (five fields of Unix cron) names its first time after another, in a zone (an IANA name; empty: UTC).
// false: it is none that can be read, or names no time within years.
func NextRun(recurrence, zone string, after time.Time) (time.Time, bool) {
	fields := strings.Fields(recurrence)
	location, err := time.LoadLocation(zone)
	if len(fields) != 5 || err != nil {
		return time.Time{}, false
	}
	fields[4] = strings.ReplaceAll(sunday.ReplaceAllString(fields[4], "${1}0${2}"), "-7", "-6,0")
	schedule, err := cron.ParseStandard(strings.Join(fields, " "))
	if err != nil {
		return time.Time{}, false
	}
	next := schedule.Next(after.In(location))
	return next.UTC(), !next.IsZero()
}

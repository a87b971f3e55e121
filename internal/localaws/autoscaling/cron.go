package autoscaling

import (
	"strconv"
	"strings"
	"time"
	_ "time/tzdata" // a zone means the same on every machine
)

// cron is a recurrence: minute, hour, day of month, month, day of week, in a time zone.
type cron struct {
	fields [5]map[int]bool
	anyDay [2]bool // the day of month, the day of week is *
	zone   *time.Location
}

// cronBounds are the values that each field takes; Sunday is 0 and 7.
var cronBounds = [5][2]int{{0, 59}, {0, 23}, {1, 31}, {1, 12}, {0, 7}}

var cronNames = [5]string{3: "JANFEBMARAPRMAYJUNJULAUGSEPOCTNOVDEC", 4: "SUNMONTUEWEDTHUFRISAT"}

// parseCron parses a recurrence such as "0 8 * * MON-FRI".
func parseCron(recurrence, zone string) (*cron, error) {
	c := &cron{zone: time.UTC}
	if zone != "" {
		location, err := time.LoadLocation(zone)
		if err != nil || zone == "Local" {
			return nil, invalid("Invalid time zone: %s", zone)
		}
		c.zone = location
	}
	fields := strings.Fields(recurrence)
	if len(fields) != 5 {
		return nil, invalid("Given recurrence string: %s is invalid", recurrence)
	}
	for k, field := range fields {
		values, ok := parseCronField(field, k)
		if !ok {
			return nil, invalid("Given recurrence string: %s is invalid", recurrence)
		}
		c.fields[k] = values
	}
	c.anyDay = [2]bool{fields[2] == "*", fields[4] == "*"}
	if c.fields[4][7] {
		c.fields[4][0] = true
	}
	return c, nil
}

// parseCronField parses a list of values, ranges and steps: "1,4-6,*/10".
func parseCronField(field string, k int) (map[int]bool, bool) {
	values := make(map[int]bool)
	for _, part := range strings.Split(field, ",") {
		span, step, stepped := strings.Cut(part, "/")
		from, to := cronBounds[k][0], cronBounds[k][1]
		by := 1
		if stepped {
			n, err := strconv.Atoi(step)
			if err != nil || n < 1 {
				return nil, false
			}
			by = n
		}
		if span != "*" {
			low, high, ranged := strings.Cut(span, "-")
			var okLow, okHigh bool
			from, okLow = cronValue(low, k)
			to, okHigh = from, true
			if ranged {
				to, okHigh = cronValue(high, k)
			} else if stepped {
				to = cronBounds[k][1]
			}
			if !okLow || !okHigh || from > to {
				return nil, false
			}
		}
		for n := from; n <= to; n += by {
			values[n] = true
		}
	}
	return values, true
}

func cronValue(text string, k int) (int, bool) {
	if at := strings.Index(cronNames[k], strings.ToUpper(text)); len(text) == 3 && at >= 0 && at%3 == 0 {
		return cronBounds[k][0] + at/3, true
	}
	n, err := strconv.Atoi(text)
	return n, err == nil && n >= cronBounds[k][0] && n <= cronBounds[k][1]
}

// next is the first time after t that the recurrence names. One that names no day at all, such as February 30, waits
// for a century. A time that the clocks skip is left out that day, one that they show twice comes twice: AWS says only that
// local times are kept (user guide, scheduled scaling).
func (c *cron) next(t time.Time) time.Time {
	local := t.In(c.zone).Truncate(time.Minute).Add(time.Minute)
	end := local.AddDate(100, 0, 0)
	for local.Before(end) {
		switch {
		case !c.fields[3][int(local.Month())]:
			local = later(local, time.Date(local.Year(), local.Month()+1, 1, 0, 0, 0, 0, c.zone))
		case !c.day(local):
			local = later(local, time.Date(local.Year(), local.Month(), local.Day()+1, 0, 0, 0, 0, c.zone))
		case !c.fields[1][local.Hour()]:
			local = nextHour(local)
		case !c.fields[0][local.Minute()]:
			local = local.Add(time.Minute)
		default:
			return local.UTC()
		}
	}
	return end.UTC()
}

// later is the midnight after t, or the next hour where the clocks skip that midnight: it is shown as an hour before then.
func later(t, midnight time.Time) time.Time {
	if midnight.After(t) {
		return midnight
	}
	return nextHour(t)
}

// nextHour is the next full hour that passes, whatever the clocks make of it.
func nextHour(t time.Time) time.Time { return t.Add(time.Duration(60-t.Minute()) * time.Minute) }

// day follows cron: when both days are given, either will do.
func (c *cron) day(t time.Time) bool {
	ofMonth, ofWeek := c.fields[2][t.Day()], c.fields[4][int(t.Weekday())]
	if !c.anyDay[0] && !c.anyDay[1] {
		return ofMonth || ofWeek
	}
	return ofMonth && ofWeek
}

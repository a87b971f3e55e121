package guardrails

import (
	"fmt"
	"slices"
	"time"
	_ "time/tzdata" // Lambda's provided.al2023 has no time zones of its own, and a policy must mean the same everywhere

	"bluegreen/internal/form"
)

// Dates are from one minute of the calendar to another, as clocks on the wall show them.
type Dates struct {
	from, to time.Time // in no zone: UTC stands for it
	read     int       // how many of the two were understood
}

// Week is from one minute of every week to another, as clocks on the wall show them.
type Week struct {
	from, to int // minutes since Sunday 00:00
	read     int
}

const (
	both          = 2
	minutesOfDay  = 24 * 60
	minutesOfWeek = 7 * minutesOfDay
)

const dateLayout = "2006-01-02 15:04"

func (d *Dates) form() form.Object {
	date := func(into *time.Time) form.Form {
		return form.Shaped{
			Pattern: "^20[0-9]{2}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01]) ([01][0-9]|2[0-3]):[0-5][0-9]$",
			Shape:   `a date and time without zone, such as "2026-12-28 18:00"`,
			Parse: func(s string) (err error) {
				if *into, err = time.Parse(dateLayout, s); err == nil {
					d.read++
				}
				return err
			},
		}
	}
	return form.Object{
		form.Required("from", "Its first minute.", date(&d.from)),
		form.Required("to", "The first minute after it.", date(&d.to)),
	}
}

func (w *Week) form() form.Object {
	minute := func(into *int) form.Form {
		return form.Shaped{
			Pattern: "^(Sunday|Monday|Tuesday|Wednesday|Thursday|Friday|Saturday) ([01][0-9]|2[0-3]):[0-5][0-9]$",
			Shape:   `a weekday and a time, such as "Friday 17:00"`,
			Parse: func(s string) error {
				var day string
				var hours, minutes int
				if _, err := fmt.Sscanf(s, "%s %d:%d", &day, &hours, &minutes); err != nil {
					return err
				}
				*into = weekday(day)*minutesOfDay + hours*60 + minutes
				w.read++
				return nil
			},
		}
	}
	return form.Object{
		form.Required("from", "Its first minute.", minute(&w.from)),
		form.Required("to", "The first minute after it; before from, it is in the next week.", minute(&w.to)),
	}
}

func weekday(name string) int {
	for day := time.Sunday; day <= time.Saturday; day++ {
		if day.String() == name {
			return int(day)
		}
	}
	return -1
}

// during reports whether now is in one of a freeze's times, and when the last of those ends.
func (f Freeze) during(now time.Time) (end time.Time, in bool) {
	var ends []time.Time
	for _, d := range f.Once {
		if from, to := f.on(d.from, 0), f.on(d.to, 0); !now.Before(from) && now.Before(to) {
			ends = append(ends, to)
		}
	}
	local := now.In(f.Zone)
	sunday := time.Date(local.Year(), local.Month(), local.Day()-int(local.Weekday()), 0, 0, 0, 0, time.UTC)
	for _, w := range f.Weekly {
		lasts := ((w.to-w.from)%minutesOfWeek + minutesOfWeek) % minutesOfWeek
		for _, week := range []time.Time{sunday, sunday.AddDate(0, 0, -7)} {
			if from, to := f.on(week, w.from), f.on(week, w.from+lasts); !now.Before(from) && now.Before(to) {
				ends = append(ends, to)
			}
		}
	}
	if len(ends) == 0 {
		return time.Time{}, false
	}
	return slices.MaxFunc(ends, time.Time.Compare), true
}

// on is when a clock on the freeze's wall shows a date, and minutes more. Where the clock is put forward over that minute,
// or back to it, it is off by that much at most.
func (f Freeze) on(date time.Time, minutes int) time.Time {
	return time.Date(date.Year(), date.Month(), date.Day(), date.Hour(), date.Minute()+minutes, 0, 0, f.Zone)
}

// InForce returns the freezes that are in force.
func (p Policy) InForce(now time.Time) []Freeze {
	freezes, _ := p.inForce(now)
	return freezes
}

// inForce returns also when each of them ends.
func (p Policy) inForce(now time.Time) (freezes []Freeze, ends []time.Time) {
	for _, f := range p.Freezes {
		if end, in := f.during(now); in {
			freezes, ends = append(freezes, f), append(ends, end)
		}
	}
	return freezes, ends
}

// farthest bounds the search for the end of freezes that follow each other.
const farthest = 1000

// Free is the first moment from now on in which no freeze is in force; false: there is none in sight.
func (p Policy) Free(now time.Time) (time.Time, bool) {
	for range farthest {
		_, ends := p.inForce(now)
		if len(ends) == 0 {
			return now, true
		}
		now = slices.MaxFunc(ends, time.Time.Compare)
	}
	return time.Time{}, false
}

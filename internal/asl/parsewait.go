package asl

import (
	"regexp"
	"time"
)

func (p *parser) wait(s *state, f *fields) {
	s.paths(f)
	s.transition(f)
	s.assign = f.assign()
	w := &waitFields{}
	s.wait = w
	given := 0
	for _, name := range []string{"Seconds", "Timestamp", "SecondsPath", "TimestampPath"} {
		if f.has(name) {
			given++
		}
	}
	if given != 1 {
		f.schema(f.place, "Exactly one of 'Seconds', 'SecondsPath', 'Timestamp' and 'TimestampPath' is required")
	}
	if f.has("Seconds") {
		n := f.integer("Seconds", 0, maxSeconds, 0)
		w.seconds = &n
	}
	if f.has("Timestamp") {
		text := f.text("Timestamp")
		at, ok := parseTimestamp(text)
		if !ok {
			f.schema(f.at("Timestamp"), "Value is not a valid ISO-8601 extended offset date-time format string: '%s'", text)
		}
		w.until = &at
	}
	w.secondsPath, _ = f.reference("SecondsPath", false)
	w.timestampPath, _ = f.reference("TimestampPath", false)
}

// timestampForm is RFC 3339 with an upper-case T and Z, as the States Language wants it.
var timestampForm = regexp.MustCompile(`^\d{4,}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:\d{2})$`)

func parseTimestamp(text string) (time.Time, bool) {
	if !timestampForm.MatchString(text) {
		return time.Time{}, false
	}
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02T15:04Z07:00"} {
		if at, err := time.Parse(layout, text); err == nil {
			return at, true
		}
	}
	return time.Time{}, false
}

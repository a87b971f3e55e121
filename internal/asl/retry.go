package asl

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"time"
)

// The bounds of a retrier (developer guide, error handling); the greatest delay is one year and a second.
const (
	maxRetryAttempts = 99_999_999
	maxRetryDelay    = 31_622_400
)

func (f *fields) retriers() []retrier {
	var retriers []retrier
	f.each("Retry", func(entry *fields, last bool) {
		r := retrier{
			errors:      entry.errorNames(last),
			interval:    time.Duration(entry.integer("IntervalSeconds", 1, maxSeconds, 1)) * time.Second,
			maxAttempts: entry.integer("MaxAttempts", 0, maxRetryAttempts, 3),
			maxDelay:    time.Duration(entry.integer("MaxDelaySeconds", 1, maxRetryDelay, 0)) * time.Second,
			backoffRate: 2,
		}
		if r.maxDelay > 0 && r.maxDelay <= r.interval {
			entry.schema(entry.at("MaxDelaySeconds"), "MaxDelaySeconds must be greater than IntervalSeconds")
		}
		if value, ok := entry.take("BackoffRate"); ok {
			rate, _ := value.(number)
			if r.backoffRate = rate.float(); r.backoffRate < 1 {
				entry.schema(entry.at("BackoffRate"), "Value must be a number greater than or equal to 1.0")
			}
		}
		switch strategy := entry.text("JitterStrategy"); strategy {
		case "FULL":
			r.fullJitter = true
		case "", "NONE":
		default:
			entry.schema(entry.at("JitterStrategy"), "Value must be 'FULL' or 'NONE', not '%s'", strategy)
		}
		retriers = append(retriers, r)
	})
	return retriers
}

func (f *fields) catchers() []catcher {
	var catchers []catcher
	f.each("Catch", func(entry *fields, last bool) {
		entry.require("Next")
		c := catcher{errors: entry.errorNames(last), next: entry.text("Next"), assign: entry.assign()}
		c.resultPath, c.discardResult = entry.resultPath()
		catchers = append(catchers, c)
	})
	return catchers
}

// each reads the entries of Retry or Catch.
func (f *fields) each(name string, read func(entry *fields, last bool)) {
	value, ok := f.take(name)
	if !ok {
		return
	}
	entries, isArray := value.([]any)
	if !isArray {
		f.schema(f.at(name), "Value must be an array")
	}
	for i, item := range entries {
		entry := f.objectFields(item, fmt.Sprintf("%s[%d]", f.at(name), i))
		entry.text("Comment")
		read(entry, i == len(entries)-1)
		entry.finish()
	}
}

// errorNames reads ErrorEquals, in which States.ALL stands alone and last.
func (f *fields) errorNames(last bool) []string {
	f.require("ErrorEquals")
	names := f.texts("ErrorEquals")
	if slices.Contains(names, errorAll) && (len(names) > 1 || !last) {
		f.schema(f.at("ErrorEquals"), "States.ALL must appear alone, and in the last entry only")
	}
	return names
}

// delay is the time before retry number attempt, counted from 1.
func (r retrier) delay(attempt int64, random func(func(*rand.Rand))) time.Duration {
	seconds := r.interval.Seconds() * math.Pow(r.backoffRate, float64(attempt-1))
	if limit := r.maxDelay.Seconds(); limit > 0 {
		seconds = min(seconds, limit)
	}
	seconds = min(seconds, maxRetryDelay)
	if r.fullJitter {
		random(func(source *rand.Rand) { seconds *= source.Float64() })
	}
	return time.Duration(seconds * float64(time.Second))
}

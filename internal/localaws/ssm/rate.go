package ssm

import (
	"strconv"
	"strings"
)

// rate is a bound such as "10" or "10%" of the targets.
type rate struct {
	text    string
	number  int
	percent bool
}

// newRate reads a bound that has passed its pattern.
func newRate(text string) rate {
	digits, percent := strings.CutSuffix(text, "%")
	number, _ := strconv.Atoi(digits)
	return rate{text: text, number: number, percent: percent}
}

// of is the bound for n targets. A part of them is rounded down: of 50 nodes, 10 % of errors allow five (user guide,
// "Using error controls").
func (r rate) of(n int) int {
	if r.percent {
		return n * r.number / 100
	}
	return r.number
}

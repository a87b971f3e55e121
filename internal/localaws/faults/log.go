package faults

// Record is one call that was answered, or that died.
type Record struct {
	Point
	N         int // its place among all calls, counted from 1, by the time at which it ended
	RequestID string
	Code      string // the error that it was answered with; "" is success
	Effect    bool   // the operation ran (its effect happened unless Code is an error of its own)
	Struck    []Kind // the faults that it met
}

// Keep makes the plan keep the last n calls; below 0 it keeps them all, 0 (the default) none.
func (p *Plan) Keep(n int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.keep = n
	p.trim()
}

// Note adds a call to the log.
func (p *Plan) Note(record Record) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.total++
	record.N = p.total
	if p.keep == 0 {
		return
	}
	p.log = append(p.log, record)
	// Trimming at twice the bound makes the copies rare.
	if p.keep > 0 && len(p.log) >= 2*p.keep {
		p.trim()
	}
}

func (p *Plan) trim() {
	if p.keep >= 0 && len(p.log) > p.keep {
		p.log = append([]Record(nil), p.log[len(p.log)-p.keep:]...)
	}
}

// Calls returns the kept calls, the oldest first.
func (p *Plan) Calls() []Record {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.trim()
	return append([]Record(nil), p.log...)
}

// Total is the number of calls so far, kept or not.
func (p *Plan) Total() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.total
}

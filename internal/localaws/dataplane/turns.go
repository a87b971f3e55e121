package dataplane

// turns is whose turn it is among candidates with weights: smooth weighted round robin, which with equal weights is a
// circle. The zero value is ready.
type turns struct {
	credit map[string]float64
}

// pick gives the next turn to one of the candidates that have a weight above zero; ok is false when none has.
func pick[C any](t *turns, candidates []C, weigh func(C) (name string, weight float64)) (picked C, ok bool) {
	if t.credit == nil || len(t.credit) > 2*len(candidates) {
		t.credit = make(map[string]float64) // those that have left are forgotten
	}
	total, winner := 0.0, ""
	for _, candidate := range candidates {
		name, weight := weigh(candidate)
		if weight <= 0 {
			continue
		}
		total += weight
		t.credit[name] += weight
		if !ok || t.credit[name] > t.credit[winner] {
			picked, winner, ok = candidate, name, true
		}
	}
	if ok {
		t.credit[winner] -= total
	}
	return picked, ok
}

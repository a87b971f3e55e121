package step

import "bluegreen/internal/ledger"

// Supersede has the record remember what was made for the fleet that stood by until now, until it can be removed. It warns of what
// there is no room for.
func (s *Step) Supersede(record *ledger.Record) {
	for _, forgotten := range record.Supersede(record.Previous) {
		s.Deployment.Warn("the record has no room any more for what was made for %s (%s and others): delete it yourself when you delete that group",
			forgotten.Name, forgotten.Made[0].Name)
	}
}

package survey

import (
	"bluegreen/internal/deploy"
	"bluegreen/internal/fault"
	"bluegreen/internal/form"
	"bluegreen/internal/guardrails"
)

// policy reads the operators' guardrails. Without a file there are none; with one that cannot be understood nothing is
// allowed, but a recovery, which no rule stops.
func (h Surveyor) policy(action deploy.Action) (guardrails.Policy, error) {
	if h.Guardrails == "" || action == deploy.ActionRecover {
		return guardrails.Permissive(), nil
	}
	text, err := form.LoadFile(h.Guardrails)
	if err != nil {
		return guardrails.Policy{}, fault.New(fault.BadGuardrails, "the operators' guardrails cannot be read, so nothing is deployed: %w", err)
	}
	return guardrails.Parse(text)
}

// guarded says what the guardrails did.
func (h Surveyor) guarded(d deploy.Deployment) string {
	switch {
	case h.Guardrails == "":
		return "there are no guardrails"
	case d.Override != nil:
		return "the guardrails allow it: " + d.Override.String()
	}
	return "the guardrails allow it"
}

// Package layers holds the operators' policy as the layer has it, so that a program has it wherever it runs.
package layers

import _ "embed"

// Guardrails is the policy in guardrails/guardrails.json.
//
//go:embed guardrails/guardrails.json
var Guardrails []byte

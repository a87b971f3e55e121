package clone

import (
	"context"

	"bluegreen/internal/deploy"
	"bluegreen/internal/ledger"
)

// preflighter is a piece that cannot be copied whatever it is like, or whose copy people should know something of.
type preflighter interface {
	preflight(ctx context.Context, from reads, blue Whole, d deploy.Deployment, made []ledger.Made) (Preflight, error)
}

// Preflight is what is found of a group before anything is touched. Each is a sentence that goes on from "blue …" or stands by itself.
type Preflight struct {
	Findings []string // what keeps it from being replaced
	Warnings []string // what people should know of
}

// Preflight looks at a group that is to be copied. made is what earlier deployments have made for it.
func (c Copier) Preflight(ctx context.Context, blue Whole, d deploy.Deployment, made []ledger.Made) (Preflight, error) {
	var all Preflight
	for _, p := range pieces {
		piece, ok := p.(preflighter)
		if !ok {
			continue
		}
		found, err := piece.preflight(ctx, c.reads, blue, d, made)
		if err != nil {
			return all, err
		}
		all.Findings, all.Warnings = append(all.Findings, found.Findings...), append(all.Warnings, found.Warnings...)
	}
	return all, nil
}

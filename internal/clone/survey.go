package clone

import (
	"context"

	"bluegreen/internal/deploy"
	"bluegreen/internal/ledger"
)

// surveyor is a piece that cannot be copied whatever it is like, or whose copy people should know something of.
type surveyor interface {
	survey(ctx context.Context, from reads, blue Whole, d deploy.Deployment, made []ledger.Made) (Survey, error)
}

// Survey is what is found of a group before anything is touched. Each is a sentence that goes on from "blue …" or stands by itself.
type Survey struct {
	Findings []string // what keeps it from being replaced
	Warnings []string // what people should know of
}

// Survey looks at a group that is to be copied. made is what earlier deployments have made for it.
func (c Copier) Survey(ctx context.Context, blue Whole, d deploy.Deployment, made []ledger.Made) (Survey, error) {
	var all Survey
	for _, p := range pieces {
		piece, ok := p.(surveyor)
		if !ok {
			continue
		}
		found, err := piece.survey(ctx, c.reads, blue, d, made)
		if err != nil {
			return all, err
		}
		all.Findings, all.Warnings = append(all.Findings, found.Findings...), append(all.Warnings, found.Warnings...)
	}
	return all, nil
}

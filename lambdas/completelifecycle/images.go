package completelifecycle

import (
	"context"
	"fmt"

	"bluegreen/internal/deploy"
	"bluegreen/internal/ledger"
	"bluegreen/internal/step"
)

// removeImages removes the lineage's images that no generation can go back to, and those that nothing runs any more. It returns those that
// are gone; waits says which one is not yet.
func (h handler) removeImages(ctx context.Context, s *step.Step, record ledger.Record, e ending) (gone []ledger.Image, waits string, err error) {
	if e.end != deploy.EndSucceeded || len(record.Images) <= ledger.ImagesKept {
		return nil, "", nil
	}
	names := []string{record.Live}
	if record.Previous != nil {
		names = append(names, record.Previous.Name)
	}
	needed, err := h.remover.Launched(ctx, h.groups, names)
	if err != nil {
		return nil, "", err
	}
	for _, image := range record.Images[ledger.ImagesKept:] {
		runs, err := h.remover.Runs(ctx, image.ID)
		if err != nil {
			return nil, "", err
		}
		if needed[image.ID] || runs {
			continue
		}
		over, _, err := h.remover.Remove(ctx, s, image.Name, image.Execution, ledger.Committed)
		if err != nil {
			return nil, "", err
		}
		if !over {
			return nil, fmt.Sprintf("image %s, which nobody can go back to, is being removed", image.Name), nil
		}
		gone = append(gone, image)
	}
	return gone, "", nil
}

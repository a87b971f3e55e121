package plan

import (
	"fmt"

	"bluegreen/internal/deploy"
)

// builds is the image that is made first, if one is. The builder that it is made on ends before green is created.
func (w *work) builds() []deploy.Planned {
	if w.d.Build == nil {
		return nil
	}
	making, asked := w.d.Build, w.Request.Green.Build
	name := making.Name
	if name == "" {
		name = w.d.Green
	}
	about := fmt.Sprintf("made of %s by %s on a builder, an instance of type %s that ends then", making.Source, deploy.Counted(len(asked.Commands), "command"), making.Type)
	return []deploy.Planned{{Effect: deploy.EffectCreate, Kind: "image", Name: name + "-…", About: about}} // a sum of the execution is in it
}

// buildTime is how long the image takes. How long its commands run nobody knows before.
func (w *work) buildTime() []deploy.PlannedStage {
	if w.d.Build == nil {
		return nil
	}
	asked := w.Request.Green.Build
	return []deploy.PlannedStage{{
		Name: "image is built", Worst: deploy.ReachSeconds + asked.TimeoutSeconds,
		Why: fmt.Sprintf("a builder is seen within %d s, then green.image.build.timeout_seconds leaves commands and image %d s; then it turns back", deploy.ReachSeconds, asked.TimeoutSeconds),
	}}
}

package world

import (
	"encoding/json"
	"maps"
	"os"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// shape is what of a pipeline does not depend on where it stands.
type shape struct {
	PipelineType, ExecutionMode string
	Stages                      []struct {
		Name    string
		Actions []struct {
			Name, Namespace                 string
			ActionTypeId                    struct{ Category, Owner, Provider, Version string }
			InputArtifacts, OutputArtifacts []struct{ Name string }
			Configuration                   map[string]any
		}
	}
}

// shapeOf reads it. A value that is put in when the stack is deployed, or seeded, counts as there.
func shapeOf(t *testing.T, text []byte) shape {
	t.Helper()
	var s shape
	if err := json.Unmarshal(text, &s); err != nil {
		t.Fatal(err)
	}
	for _, stage := range s.Stages {
		for _, action := range stage.Actions {
			for _, key := range []string{"StateMachineArn", "RepositoryName"} {
				if action.Configuration[key] != nil {
					action.Configuration[key] = "put in"
				}
			}
		}
	}
	return s
}

// The pipeline of the local AWS is the one that the Pipeline stack makes.
func TestPipelineIsTheStacks(t *testing.T) {
	text, err := os.ReadFile("../../../infra/templates/Pipeline.template.json")
	if err != nil {
		t.Fatal(err)
	}
	var template struct {
		Resources map[string]struct {
			Type       string
			Properties json.RawMessage
		}
	}
	if err := json.Unmarshal(text, &template); err != nil {
		t.Fatal(err)
	}
	var want shape
	for _, id := range slices.Sorted(maps.Keys(template.Resources)) {
		if r := template.Resources[id]; r.Type == "AWS::CodePipeline::Pipeline" {
			want = shapeOf(t, r.Properties)
		}
	}
	seeded, err := json.Marshal(World{}.Deploys("ec-mqagt-dev-bluegreen", "live", nil).declaration("started", "role"))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, shapeOf(t, seeded)); diff != "" {
		t.Errorf("the local pipeline is not the stack's (-stack +local)\n%s", diff)
	}
}

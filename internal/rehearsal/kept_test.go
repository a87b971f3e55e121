package rehearsal

import (
	"bytes"
	"testing"

	"bluegreen/infra/templates"
	"bluegreen/internal/localaws/iam"
)

// Rehearsals deny the functions as they are what their roles keep for those of the release before.
func TestWhatIsKeptIsDenied(t *testing.T) {
	kept := bytes.ReplaceAll(templates.Deployer, []byte(`"Sid": "ReadGroups"`), []byte(`"Sid": "KeptReadGroups"`))
	for _, c := range []struct {
		template []byte
		want     bool
	}{{templates.Deployer, true}, {kept, false}} {
		all, err := policiesIn(c.template)
		if err != nil {
			t.Fatal(err)
		}
		read := iam.Request{Action: "autoscaling:DescribeAutoScalingGroups", Resource: "*", Keys: func(string) []string { return nil }}
		if got := iam.Evaluate(read, all["RestoreBlue"]...); got.Allowed != c.want {
			t.Errorf("reading groups is allowed: %t, want %t", got.Allowed, c.want)
		}
	}
}

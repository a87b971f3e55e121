package survey

import (
	"fmt"
	"slices"

	"github.com/aws/aws-sdk-go-v2/service/autoscaling/types"

	"bluegreen/internal/deploy"
	"bluegreen/internal/fleet"
	"bluegreen/internal/ledger"
	"bluegreen/internal/text"
)

// superseded are the groups that the live one has replaced, as far as the record knows their names: the first of the
// lineage, which somebody's template may describe, and the last. A rollback, which is urgent, is held up by the one alone
// that it brings back.
func superseded(action deploy.Action, record ledger.Record) []string {
	var names []string
	if record.Live != record.Lineage && action != deploy.ActionRollback {
		names = append(names, record.Lineage)
	}
	if p := record.Previous; p != nil && p.Name != record.Live && !slices.Contains(names, p.Name) {
		names = append(names, p.Name)
	}
	return names
}

// supersededFindings are the superseded groups that have instances again: a stack was deployed again, or a person filled
// one. They may serve besides the live fleet what was replaced, and a deployment would neither copy nor remove them.
func supersededFindings(described map[string]types.AutoScalingGroup, names []string) []string {
	var findings []string
	for _, name := range names {
		group, found := described[name]
		if !found {
			continue
		}
		f := fleet.Of(group)
		if f.Deleting || f.Sizes.Desired == 0 { // it goes, or its instances do
			continue
		}
		findings = append(findings, fmt.Sprintf("%s, which it superseded, has instances again (desired capacity %d), as when its stack was deployed again: "+
			"scale it in with aws autoscaling update-auto-scaling-group %s --min-size 0 --max-size 0 --desired-capacity 0",
			name, f.Sizes.Desired, text.Option("--auto-scaling-group-name", name)))
	}
	return findings
}

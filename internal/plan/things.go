package plan

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling/types"

	"bluegreen/internal/clone"
	"bluegreen/internal/deploy"
	"bluegreen/internal/fleet"
	"bluegreen/internal/ledger"
)

// things fills in what is created, changed and removed.
func (w *work) things(ctx context.Context, p *deploy.Plan) error {
	blue := w.Blue
	green, err := w.green(ctx, blue)
	if err != nil {
		return err
	}
	p.Things = append(p.Things, w.builds()...)
	p.Things = append(p.Things, green)
	if !w.d.Revives {
		for _, made := range clone.Outliving(blue, w.d) {
			kind, name, about := string(made.What), made.Name, "of its own, for green"
			if name == "" { // a sum of the execution is in it
				kind, name, about = w.ownKind(), w.d.Green+"-…", about+": a copy of "+w.copied()
			}
			p.Things = append(p.Things, deploy.Planned{Effect: deploy.EffectCreate, Kind: kind, Name: name, About: about})
		}
	}
	p.Things = append(append(p.Things, w.Traffic.Things...), w.end(blue))
	goes, err := w.goes(ctx)
	p.Things = append(p.Things, goes...)
	return err
}

// copied is what green's own launch template or configuration is a copy of, but for the request.
func (w *work) copied() string {
	if w.d.Own.Configuration {
		return aws.ToString(w.Blue.Group.LaunchConfigurationName)
	}
	return fmt.Sprintf("version %s of %s", w.d.Template.Version, w.d.Template.ID)
}

// goes is what was made beside groups that are gone, or that go.
func (w *work) goes(ctx context.Context) ([]deploy.Planned, error) {
	var gone []deploy.Planned
	add := func(made []ledger.Made, about string) {
		for _, one := range made {
			gone = append(gone, deploy.Planned{Effect: deploy.EffectRemove, Kind: string(one.What), Name: one.Name, About: about})
		}
	}
	if w.d.BlueAfter == deploy.AfterDelete {
		add(w.Record.Made, "made for "+w.d.Blue)
	}
	var names []string
	for _, one := range w.Record.Beside() {
		names = append(names, one.Name)
	}
	stand, err := fleet.Standing(ctx, w.groups, names)
	for _, one := range w.Record.Beside() {
		if !stand[one.Name] {
			add(one.Made, "made for "+one.Name+", which is gone")
		}
	}
	return gone, err
}

// green is what becomes of green: a copy of blue is created, or a fleet that blue had replaced is brought back.
func (w *work) green(ctx context.Context, blue clone.Whole) (deploy.Planned, error) {
	launches, err := w.launches(ctx)
	if err != nil {
		return deploy.Planned{}, err
	}
	if w.d.Revives {
		return w.revived(ctx, blue, launches)
	}
	planned := clone.Planned(blue, w.d)
	return deploy.Planned{
		Effect: deploy.EffectCreate, Kind: "group", Name: w.d.Green, About: "a copy of " + w.d.Blue,
		Fields: append(differences(clone.Diff(blue, planned, w.d)), launches...),
		Kept:   w.alike(blue, planned),
	}, nil
}

// alike are the names of what green has as blue has it: not what it launches from, where that is of its own.
func (w *work) alike(blue, planned clone.Whole) []string {
	kind, _ := clone.Source(blue.Group, blue.Pinned)
	return slices.DeleteFunc(clone.Alike(blue, planned, w.d), func(name string) bool { return w.d.Own != nil && name == kind })
}

// ownKind is what is made for green to launch from.
func (w *work) ownKind() string {
	if w.d.Own.Configuration {
		return "launch configuration"
	}
	return "launch template"
}

// revived is the fleet that a rollback brings back: it has what hangs on it.
func (w *work) revived(ctx context.Context, blue clone.Whole, launches []deploy.PlannedField) (deploy.Planned, error) {
	described, err := fleet.Describe(ctx, w.groups, w.d.Green)
	if err != nil {
		return deploy.Planned{}, err
	}
	whole, err := w.copier.Read(ctx, described[w.d.Green], w.d.Template)
	if err != nil {
		return deploy.Planned{}, err
	}
	f := fleet.Of(described[w.d.Green])
	resumed := w.resumed(&whole)
	fields := []deploy.PlannedField{deploy.Field("desired capacity", fmt.Sprint(f.Sizes.Desired), fmt.Sprint(w.blue.Sizes.Desired))}
	if attached := w.d.Attached(); len(f.Missing(attached)) > 0 {
		fields = append(fields, deploy.Field(deploy.Noun(attached)+"s", names(f.Sources), names(attached)))
	}
	fields = append(append(fields, resumed...), differences(clone.Diff(blue, whole, w.d))...)
	return deploy.Planned{
		Effect: deploy.EffectChange, Kind: "group", Name: w.d.Green, About: "brought back; what differs from " + w.d.Blue + " is its own",
		Fields: append(fields, launches...), Kept: clone.Alike(blue, whole, w.d),
	}, nil
}

// resumed is what becomes of the processes that were suspended when the fleet was replaced: it has its own again.
func (w *work) resumed(green *clone.Whole) []deploy.PlannedField {
	if w.Record.Previous == nil {
		return nil
	}
	is, own := fleet.Of(green.Group).Suspended, w.Record.Previous.Suspended
	green.Group.SuspendedProcesses = nil
	for _, process := range own {
		green.Group.SuspendedProcesses = append(green.Group.SuspendedProcesses, types.SuspendedProcess{ProcessName: &process})
	}
	if slices.Equal(is, own) {
		return nil
	}
	return []deploy.PlannedField{deploy.Field("suspended processes", strings.Join(is, ", "), strings.Join(own, ", "))}
}

// end is what becomes of blue.
func (w *work) end(blue clone.Whole) deploy.Planned {
	t := deploy.Planned{Effect: deploy.EffectChange, Kind: "group", Name: w.d.Blue, About: "blue, once its traffic has moved"}
	if w.d.BlueAfter == deploy.AfterDelete {
		t.Effect, t.About = deploy.EffectRemove, "blue, once its traffic has moved and it is empty"
	}
	if sources := w.blue.Sources; len(sources) > 0 {
		t.Fields = append(t.Fields, deploy.Field(deploy.Noun(sources)+"s", names(sources), ""))
	}
	t.Fields = append(t.Fields, w.pins()...)
	s := w.blue.Sizes
	t.Fields = append(t.Fields, deploy.Field("min, desired, max", fmt.Sprintf("%d, %d, %d", s.Min, s.Desired, s.Max), "0, 0, 0"))
	for _, change := range clone.Quieting(blue) {
		t.Fields = append(t.Fields, deploy.Field(string(change.Kind)+" "+change.Of, change.Was, change.Set[len(change.Set)-1]))
	}
	if active := w.blue.Active(); len(active) > 0 {
		t.Fields = append(t.Fields, deploy.Field("suspended processes", strings.Join(w.blue.Suspended, ", "), strings.Join(append(w.blue.Suspended, active...), ", ")))
	}
	return t
}

// pins are the launch template versions that blue is pinned to while it is replaced.
func (w *work) pins() []deploy.PlannedField {
	var fields []deploy.PlannedField
	for place, pin := range clone.Pins(w.d, w.blue).Places() {
		if named := w.blue.Launches[place].Version; named != pin.Version {
			fields = append(fields, deploy.Field("launch template "+pin.ID, cmp.Or(named, "$Default"), pin.Version+" from the start, put back at the end"))
		}
	}
	return fields
}

// differences are those of blue and its copy, as what the copy will have.
func differences(all []clone.Difference) []deploy.PlannedField {
	var fields []deploy.PlannedField
	for _, one := range all {
		fields = append(fields, deploy.Field(one.Name, one.Blue, one.Green))
	}
	return fields
}

// names are those of sources. A target group's ARN is long: …:targetgroup/<name>/<id>.
func names(sources []deploy.Source) string {
	all := make([]string, len(sources))
	for i, source := range sources {
		all[i] = nameOf(source.ID)
	}
	return strings.Join(all, ", ")
}

func nameOf(arn string) string {
	if parts := strings.Split(arn, "/"); len(parts) == 3 {
		return parts[1]
	}
	return arn
}

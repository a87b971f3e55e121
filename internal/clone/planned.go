package clone

import (
	"reflect"
	"slices"

	"bluegreen/internal/deploy"
)

// Planned is what a copy of blue will be, of which nothing exists yet: with what Copy makes of blue's own fields. It bears blue's
// name, so that what hangs on blue reads in it as what will hang on green.
func Planned(blue Whole, d deploy.Deployment) Whole {
	planned := blue
	planned.Pinned = d.Template
	input, group := reflect.ValueOf(*Copy(blue.Group, d)), reflect.ValueOf(&planned.Group).Elem()
	for i := range input.NumField() {
		member := input.Type().Field(i)
		pins := member.Name == "LaunchTemplate" || member.Name == "MixedInstancesPolicy"
		if !member.IsExported() || slices.Contains(apart, member.Name) && !pins || pins && d.Template == nil {
			continue
		}
		if field := group.FieldByName(member.Name); field.IsValid() && field.Type() == input.Field(i).Type() {
			field.Set(input.Field(i))
		}
	}
	return planned
}

// Alike are the names of what a copy has as blue has it.
func Alike(blue, green Whole, d deploy.Deployment) []string {
	var names []string
	for _, p := range pieces {
		copied := p.traits(green, d)
		for name, value := range p.traits(blue, d) {
			if value != "" && copied[name] == value {
				names = append(names, name)
			}
		}
	}
	return slices.Compact(slices.Sorted(slices.Values(names)))
}

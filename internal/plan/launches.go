package plan

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"reflect"
	"strconv"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"bluegreen/internal/deploy"
)

// launches are what instances of green are launched with that blue's are not: for each launch template, the version that most of
// blue's instances run against the one that green is pinned to.
func (w *work) launches(ctx context.Context) ([]deploy.PlannedField, error) {
	ran, pinned := each(w.d.Ran), each(w.d.Template)
	var fields []deploy.PlannedField
	for i, after := range pinned {
		before := after
		if i < len(ran) {
			before = ran[i]
		}
		was, err := w.version(ctx, before)
		if err != nil {
			return nil, err
		}
		becomes, err := w.version(ctx, after)
		if err != nil {
			return nil, err
		}
		if i == 0 {
			w.instanceType = string(becomes.InstanceType)
		}
		if before.ID == after.ID && before.Version == after.Version {
			continue
		}
		version := deploy.Field("launch template "+after.ID, "version "+before.Version, "version "+after.Version)
		if before.ID != after.ID {
			version = deploy.Field("launch template", before.ID+" version "+before.Version, after.ID+" version "+after.Version)
		}
		fields = append(fields, version)
		fields = append(fields, contents(was, becomes)...)
	}
	return fields, nil
}

// each is a template and those of a policy's overrides.
func each(t *deploy.Template) []deploy.Template {
	if t == nil {
		return nil
	}
	return append([]deploy.Template{{ID: t.ID, Version: t.Version}}, t.Overrides...)
}

// version is what a version of a template says; nothing of one that does not exist any more.
func (w *work) version(ctx context.Context, t deploy.Template) (types.ResponseLaunchTemplateData, error) {
	out, err := w.templates.DescribeLaunchTemplateVersions(ctx, &ec2.DescribeLaunchTemplateVersionsInput{
		LaunchTemplateId: &t.ID, Filters: nil, MinVersion: &t.Version, MaxVersion: &t.Version, // of a version that is gone: none, and no error
	})
	if err != nil {
		return types.ResponseLaunchTemplateData{}, fmt.Errorf("describing version %s of launch template %s: %w", t.Version, t.ID, err)
	}
	for _, version := range out.LaunchTemplateVersions {
		if strconv.FormatInt(aws.ToInt64(version.VersionNumber), 10) == t.Version && version.LaunchTemplateData != nil {
			return *version.LaunchTemplateData, nil
		}
	}
	return types.ResponseLaunchTemplateData{}, nil
}

// contents are the members of a template's data that differ.
func contents(was, becomes types.ResponseLaunchTemplateData) []deploy.PlannedField {
	var fields []deploy.PlannedField
	before, after := reflect.ValueOf(was), reflect.ValueOf(becomes)
	for i := range before.NumField() {
		member := before.Type().Field(i)
		if !member.IsExported() || reflect.DeepEqual(before.Field(i).Interface(), after.Field(i).Interface()) {
			continue
		}
		word := words
		if member.Name == "UserData" {
			word = size
		}
		one, other := word(before.Field(i).Interface()), word(after.Field(i).Interface())
		if one == other && member.Name != "UserData" {
			continue
		}
		fields = append(fields, deploy.Field(member.Name, one, other))
	}
	return fields
}

// size is how long a text is that may hold secrets.
func size(value any) string {
	encoded, _ := value.(*string)
	if encoded == nil {
		return ""
	}
	plain, err := base64.StdEncoding.DecodeString(*encoded)
	if err != nil {
		plain = []byte(*encoded)
	}
	return fmt.Sprintf("%d bytes", len(plain))
}

// words is a value of AWS's as people read it: texts as they are, all else as JSON without what is not set.
func words(value any) string {
	encoded, err := json.Marshal(value)
	if err != nil {
		return err.Error() // a description is plain data
	}
	var tree any
	if err := json.Unmarshal(encoded, &tree); err != nil {
		return err.Error()
	}
	switch tree = given(tree); tree := tree.(type) {
	case nil:
		return ""
	case string:
		return tree
	}
	encoded, _ = json.Marshal(tree)
	return string(encoded)
}

// given is a tree of JSON without what is empty in it; nil: it is empty itself.
func given(tree any) any {
	switch branch := tree.(type) {
	case map[string]any:
		for name, member := range branch {
			if branch[name] = given(member); branch[name] == nil {
				delete(branch, name)
			}
		}
		if len(branch) == 0 {
			return nil
		}
	case []any:
		var kept []any
		for _, member := range branch {
			if member = given(member); member != nil {
				kept = append(kept, member)
			}
		}
		if len(kept) == 0 {
			return nil
		}
		return kept
	case string:
		if branch == "" {
			return nil
		}
	}
	return tree
}

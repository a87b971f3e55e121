package ec2

import (
	"cmp"
	"regexp"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"bluegreen/internal/localaws/wire"
)

var templateName = regexp.MustCompile(`^[a-zA-Z0-9().\-/_]{3,128}$`)

func (c *Compute) createTemplate(call *wire.Call, in *sdk.CreateLaunchTemplateInput) (*sdk.CreateLaunchTemplateOutput, error) {
	name := aws.ToString(in.LaunchTemplateName)
	before, ok, err := c.madeBefore(in.ClientToken, in)
	if err != nil {
		return nil, err
	}
	if ok {
		return c.templateMade(before.template), nil
	}
	if !templateName.MatchString(name) {
		return nil, wire.Errorf("InvalidLaunchTemplateName.MalformedException", "A launch template name must be between 3 and 128 characters, and may "+
			"contain letters, numbers, and the following characters: - ( ) . / _.")
	}
	if _, err := c.templateByName(name); err == nil {
		return nil, wire.Errorf("InvalidLaunchTemplateName.AlreadyExistsException", "Launch template name already in use.")
	}
	if err := checkDescription(in.VersionDescription); err != nil {
		return nil, err
	}
	data, err := c.templateData(in.LaunchTemplateData)
	if err != nil {
		return nil, err
	}
	tags, err := specifiedTags(in.TagSpecifications, types.ResourceTypeLaunchTemplate)
	if err != nil {
		return nil, err
	}
	t := &template{id: "lt-" + c.account.Hex(17), name: name, createdAt: c.account.Now(), tags: tags, defaultsTo: 1}
	v := t.add(c, aws.ToString(in.VersionDescription), data)
	c.templates[t.id] = t
	return c.templateMade(t), c.remember(in.ClientToken, in, t, v)
}

func (c *Compute) templateMade(t *template) *sdk.CreateLaunchTemplateOutput {
	return &sdk.CreateLaunchTemplateOutput{LaunchTemplate: c.describeTemplate(t), Warning: c.warning(t.versions[0].data)}
}

// namedTemplate finds the template that a request names by id or by name.
func (c *Compute) namedTemplate(id, name *string) (*template, error) {
	switch {
	case id != nil && name != nil:
		return nil, wire.Errorf("InvalidParameterCombination", "The request must not contain both a launch template ID and a launch template name.")
	case id != nil:
		return c.templateByID(*id)
	case name != nil:
		return c.templateByName(*name)
	}
	return nil, wire.Errorf("MissingParameter", "The request must contain either a launch template ID or a launch template name.")
}

func (c *Compute) modifyTemplate(call *wire.Call, in *sdk.ModifyLaunchTemplateInput) (*sdk.ModifyLaunchTemplateOutput, error) {
	t, err := c.namedTemplate(in.LaunchTemplateId, in.LaunchTemplateName)
	if err != nil {
		return nil, err
	}
	if in.DefaultVersion != nil {
		v, err := t.version(*in.DefaultVersion)
		if err != nil {
			return nil, err
		}
		t.defaultsTo = v.number
	}
	return &sdk.ModifyLaunchTemplateOutput{LaunchTemplate: c.describeTemplate(t)}, nil
}

func (c *Compute) deleteTemplate(call *wire.Call, in *sdk.DeleteLaunchTemplateInput) (*sdk.DeleteLaunchTemplateOutput, error) {
	t, err := c.namedTemplate(in.LaunchTemplateId, in.LaunchTemplateName)
	if err != nil {
		return nil, err
	}
	delete(c.templates, t.id)
	return &sdk.DeleteLaunchTemplateOutput{LaunchTemplate: c.describeTemplate(t)}, nil
}

var templateFields = fields[*template]{
	of: map[string]func(*template) []string{
		"launch-template-name": func(t *template) []string { return []string{t.name} },
	},
	tags: func(t *template) map[string]string { return t.tags },
}

func (c *Compute) describeTemplates(call *wire.Call, in *sdk.DescribeLaunchTemplatesInput) (*sdk.DescribeLaunchTemplatesOutput, error) {
	if err := checkPage(in.MaxResults, nil, 1, 200, ""); err != nil {
		return nil, err
	}
	if err := templateIDs.check(in.LaunchTemplateIds...); err != nil {
		return nil, err
	}
	for _, id := range in.LaunchTemplateIds {
		if _, err := c.templateByID(id); err != nil {
			return nil, err
		}
	}
	for _, name := range in.LaunchTemplateNames {
		if _, err := c.templateByName(name); err != nil {
			return nil, wire.Errorf("InvalidLaunchTemplateName.NotFoundException",
				"At least one of the launch templates specified in the request does not exist.")
		}
	}
	kept, err := templateFields.keep(slices.DeleteFunc(c.sortedTemplates(), func(t *template) bool {
		return len(in.LaunchTemplateIds)+len(in.LaunchTemplateNames) > 0 &&
			!slices.Contains(in.LaunchTemplateIds, t.id) && !slices.Contains(in.LaunchTemplateNames, t.name)
	}), in.Filters)
	if err != nil {
		return nil, err
	}
	kept, next, err := page(kept, in.MaxResults, in.NextToken)
	out := &sdk.DescribeLaunchTemplatesOutput{LaunchTemplates: []types.LaunchTemplate{}, NextToken: next}
	for _, t := range kept {
		out.LaunchTemplates = append(out.LaunchTemplates, *c.describeTemplate(t))
	}
	return out, err
}

func (c *Compute) describeTemplate(t *template) *types.LaunchTemplate {
	return &types.LaunchTemplate{
		LaunchTemplateId: aws.String(t.id), LaunchTemplateName: aws.String(t.name), CreateTime: aws.Time(t.createdAt),
		CreatedBy: aws.String(c.creator()), DefaultVersionNumber: aws.Int64(t.defaultsTo),
		LatestVersionNumber: aws.Int64(t.versions[len(t.versions)-1].number), Tags: tagList(t.tags),
	}
}

// creator is who made things: the account's root, as the model knows no other people.
func (c *Compute) creator() string { return "arn:aws:iam::" + c.account.ID + ":root" }

func (c *Compute) sortedTemplates() []*template {
	templates := make([]*template, 0, len(c.templates))
	for _, t := range c.templates {
		templates = append(templates, t)
	}
	slices.SortFunc(templates, func(a, b *template) int {
		return cmp.Or(a.createdAt.Compare(b.createdAt), cmp.Compare(a.id, b.id))
	})
	return templates
}

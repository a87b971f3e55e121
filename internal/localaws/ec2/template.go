package ec2

import (
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"bluegreen/internal/localaws/wire"
)

// TemplateVersion is one version of a launch template.
type TemplateVersion struct {
	ID, Name string // of the template
	Number   int64
	Default  bool // it is the template's default version

	ImageID, InstanceType, KeyName, UserData, InstanceProfile string

	SecurityGroupIDs []string
	SubnetID         string            // of its network interface, if it names one
	Tags             map[string]string // that instances get
	TaggedKinds      []string          // kinds of resources that it tags, e.g. instance
	Spot             bool              // instances are launched on the Spot market

	options Options
}

// template is a launch template with its versions, oldest first.
type template struct {
	id, name   string
	createdAt  time.Time
	tags       map[string]string
	versions   []*version
	latest     int64 // highest number ever given
	defaultsTo int64 // number of the default version
}

type version struct {
	number      int64
	createdAt   time.Time
	description string
	data        *types.ResponseLaunchTemplateData // never written to once stored
}

// Template returns a version of the launch template with that id or name. The version is "$Latest", "$Default", empty
// (the default one) or a number. Errors: InvalidLaunchTemplateId.NotFound, InvalidLaunchTemplateId.Malformed,
// InvalidLaunchTemplateName.NotFoundException, InvalidLaunchTemplateId.VersionNotFound.
func (c *Compute) Template(idOrName, versionName string) (TemplateVersion, error) {
	found, err := c.templateNamed(idOrName)
	if err != nil {
		return TemplateVersion{}, err
	}
	v, err := found.version(versionName)
	if err != nil {
		return TemplateVersion{}, err
	}
	return found.resolve(v), nil
}

// TemplateView is a launch template as others see it.
type TemplateView struct {
	ID, Name string
	Tags     map[string]string
	Versions []int64 // numbers
}

// Templates are all launch templates, oldest first.
func (c *Compute) Templates() []TemplateView {
	var all []TemplateView
	for _, t := range c.sortedTemplates() {
		view := TemplateView{ID: t.id, Name: t.name, Tags: maps.Clone(t.tags)}
		for _, v := range t.versions {
			view.Versions = append(view.Versions, v.number)
		}
		all = append(all, view)
	}
	return all
}

// TemplateTags are the tags of the launch template with that id or name, with its id and when it was made; ok is false where
// there is none.
func (c *Compute) TemplateTags(idOrName string) (id string, tags map[string]string, made time.Time, ok bool) {
	found, err := c.templateNamed(idOrName)
	if err != nil {
		return "", nil, time.Time{}, false
	}
	return found.id, found.tags, found.createdAt, true
}

func (c *Compute) templateNamed(idOrName string) (*template, error) {
	if strings.HasPrefix(idOrName, "lt-") {
		return c.templateByID(idOrName)
	}
	return c.templateByName(idOrName)
}

func (c *Compute) templateByID(id string) (*template, error) {
	if found, ok := c.templates[id]; ok {
		return found, nil
	}
	if err := templateIDs.check(id); err != nil {
		return nil, err
	}
	return nil, TemplateNotFound(id)
}

func (c *Compute) templateByName(name string) (*template, error) {
	for _, found := range c.templates {
		if found.name == name {
			return found, nil
		}
	}
	return nil, TemplateNotFound(name)
}

// TemplateNotFound is the answer where there is no launch template of an id or name.
func TemplateNotFound(idOrName string) error {
	if strings.HasPrefix(idOrName, "lt-") {
		return wire.Errorf("InvalidLaunchTemplateId.NotFound", "The specified launch template, with template ID %s, does not exist.", idOrName)
	}
	return wire.Errorf("InvalidLaunchTemplateName.NotFoundException", "The specified launch template, with template name %s, does not exist.", idOrName)
}

// version finds a version by its number or alias.
func (t *template) version(name string) (*version, error) {
	number := t.defaultsTo
	switch name {
	case "", "$Default":
	case "$Latest":
		return t.versions[len(t.versions)-1], nil
	default:
		parsed, err := strconv.ParseInt(name, 10, 64)
		if err != nil || parsed < 1 {
			return nil, malformedVersion(name)
		}
		number = parsed
	}
	at := slices.IndexFunc(t.versions, func(v *version) bool { return v.number == number })
	if at < 0 {
		return nil, versionNotFound(name, t.id)
	}
	return t.versions[at], nil
}

func malformedVersion(name string) *wire.Error {
	return wire.Errorf("InvalidLaunchTemplateId.VersionNotFound",
		"The specified launch template version is invalid: %s. It must be a number, $Latest or $Default.", name)
}

func versionNotFound(name, id string) *wire.Error {
	return wire.Errorf("InvalidLaunchTemplateId.VersionNotFound",
		"Could not find the specified version %s for the launch template with ID %s.", name, id)
}

func (t *template) resolve(v *version) TemplateVersion {
	resolved := contentsOf(v.data)
	resolved.ID, resolved.Name, resolved.Number, resolved.Default = t.id, t.name, v.number, v.number == t.defaultsTo
	return resolved
}

// contentsOf is what a version with this data says of instances.
func contentsOf(data *types.ResponseLaunchTemplateData) TemplateVersion {
	resolved := TemplateVersion{
		ImageID: aws.ToString(data.ImageId), InstanceType: string(data.InstanceType),
		KeyName: aws.ToString(data.KeyName), UserData: aws.ToString(data.UserData),
		SecurityGroupIDs: data.SecurityGroupIds, Tags: make(map[string]string), options: options(data),
	}
	if profile := data.IamInstanceProfile; profile != nil {
		resolved.InstanceProfile = aws.ToString(profile.Arn)
		if resolved.InstanceProfile == "" {
			resolved.InstanceProfile = aws.ToString(profile.Name)
		}
	}
	if market := data.InstanceMarketOptions; market != nil {
		resolved.Spot = market.MarketType == types.MarketTypeSpot
	}
	if len(data.NetworkInterfaces) > 0 {
		first := data.NetworkInterfaces[0]
		resolved.SubnetID = aws.ToString(first.SubnetId)
		if len(first.Groups) > 0 {
			resolved.SecurityGroupIDs = first.Groups
		}
	}
	for _, spec := range data.TagSpecifications {
		resolved.TaggedKinds = append(resolved.TaggedKinds, string(spec.ResourceType))
		if spec.ResourceType == types.ResourceTypeInstance {
			maps.Copy(resolved.Tags, tagMap(spec.Tags))
		}
	}
	return resolved
}

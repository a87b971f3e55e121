package ssm

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/ssm"
	"github.com/aws/aws-sdk-go-v2/service/ssm/types"

	"bluegreen/internal/localaws/account"
	localec2 "bluegreen/internal/localaws/ec2"
	"bluegreen/internal/localaws/wire"
)

// imageType is the data type of a parameter whose value is an image's id: EC2 resolves no other.
const imageType = "aws:ec2:image"

// parameters is Parameter Store, as far as it is modelled: parameters of type String, with versions and labels.
type parameters struct {
	account *account.Account
	compute *localec2.Compute
	byName  map[string]*parameter
}

// parameter is one with its versions, oldest first.
type parameter struct {
	name     string
	dataType string
	versions []*parameterVersion
}

type parameterVersion struct {
	number int64
	value  string
	at     time.Time
	labels []string
}

func newParameters(acct *account.Account, compute *localec2.Compute) *parameters {
	p := &parameters{account: acct, compute: compute, byName: map[string]*parameter{}}
	compute.ResolveImagesBy(p.image)
	return p
}

func (p *parameters) operations() []wire.Operation {
	return []wire.Operation{
		wire.Op("PutParameter", p.put, "Name", "Value", "Type", "DataType", "Description", "Overwrite", "Tier").Requires("Name", "Value"),
		wire.Op("GetParameter", p.getOne, "Name", "WithDecryption").Requires("Name"),
		wire.Op("GetParameters", p.get, "Names", "WithDecryption").Requires("Names"),
		wire.Op("LabelParameterVersion", p.label, "Name", "ParameterVersion", "Labels").Requires("Name", "Labels"),
		wire.Op("DeleteParameter", p.delete, "Name").Requires("Name"),
	}
}

// put makes a version. One that is to be an image's id and is none is not made, and the answer is that of success all the
// same (SDK, PutParameterInput.DataType).
func (p *parameters) put(_ *wire.Call, in *sdk.PutParameterInput) (*sdk.PutParameterOutput, error) {
	name := strings.TrimSpace(*in.Name)
	if err := checkParameter(name, in); err != nil {
		return nil, err
	}
	found, exists := p.byName[name]
	if exists && !aws.ToBool(in.Overwrite) {
		return nil, wire.Errorf("ParameterAlreadyExists",
			"The parameter already exists. To overwrite this value, set the overwrite option in the request to true.")
	}
	if !exists {
		found = &parameter{name: name, dataType: cmp.Or(aws.ToString(in.DataType), "text")}
	}
	number := int64(1)
	if n := len(found.versions); n > 0 {
		number = found.versions[n-1].number + 1
	}
	if found.dataType != imageType || p.compute.Image(*in.Value) {
		found.versions = append(found.versions, &parameterVersion{number: number, value: *in.Value, at: p.account.Now()})
		p.byName[name] = found
	}
	return &sdk.PutParameterOutput{Version: number, Tier: types.ParameterTierStandard}, nil
}

func checkParameter(name string, in *sdk.PutParameterInput) error {
	bare := strings.ToLower(strings.TrimPrefix(name, "/"))
	named := !strings.ContainsFunc(name, func(r rune) bool {
		return !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("_.-/", r))
	})
	switch {
	case strings.HasPrefix(bare, "aws") || strings.HasPrefix(bare, "ssm"):
		return wire.Errorf("AccessDeniedException", "No access to reserved parameter name: %s.", name)
	case name == "" || !named || strings.Contains(strings.TrimPrefix(name, "/"), "/") && !strings.HasPrefix(name, "/"):
		return wire.Errorf("ValidationException", "Parameter name: can't be prefixed with \"ssm\" (case-insensitive). If formed as a path, "+
			"it can consist of sub-paths divided by slash symbol; each sub-path can be formed as a mix of letters, numbers and the following 3 symbols .-_")
	case in.Type == "" && !aws.ToBool(in.Overwrite):
		return wire.Errorf("ValidationException", "A parameter type is required when you create a parameter.")
	case in.Type != "" && in.Type != types.ParameterTypeString:
		return wire.NotModelled("parameters of type %s: use String", in.Type)
	case !slices.Contains([]string{"", "text", imageType}, aws.ToString(in.DataType)):
		return wire.NotModelled("the data type %s of a parameter: use text, or %s", *in.DataType, imageType)
	case len(*in.Value) > 4096:
		return wire.Errorf("ValidationException", "Standard tier parameters support a maximum parameter value of 4096 characters. "+
			"To create a larger parameter value, upgrade the parameter to use the advanced-parameter tier.")
	}
	return nil
}

// find finds a parameter's version by name or ARN, and by what may stand behind it: a colon and a version or a label.
// A name without a selector means the latest version.
func (p *parameters) find(reference string) (*parameter, *parameterVersion, error) {
	name, selector := splitReference(reference)
	found, ok := p.byName[name]
	if !ok {
		return nil, nil, wire.Errorf("ParameterNotFound", "")
	}
	if selector == "" {
		return found, found.versions[len(found.versions)-1], nil
	}
	at := slices.IndexFunc(found.versions, func(v *parameterVersion) bool {
		return strconv.FormatInt(v.number, 10) == selector || slices.Contains(v.labels, selector)
	})
	if at < 0 {
		return nil, nil, wire.Errorf("ParameterVersionNotFound", "Systems Manager could not find version %s of %s. Verify the version and try again.", selector, name)
	}
	return found, found.versions[at], nil
}

func splitReference(reference string) (name, selector string) {
	if strings.HasPrefix(reference, "arn:") {
		_, reference, _ = strings.Cut(reference, ":parameter")
		if strings.Count(reference, "/") == 1 { // a name without a hierarchy has no slash of its own
			reference = reference[1:]
		}
	}
	name, selector, _ = strings.Cut(reference, ":")
	return name, selector
}

func (p *parameters) view(found *parameter, version *parameterVersion, reference string) types.Parameter {
	view := types.Parameter{
		Name: aws.String(found.name), Type: types.ParameterTypeString, DataType: aws.String(found.dataType), Value: aws.String(version.value),
		Version: version.number, LastModifiedDate: aws.Time(version.at),
		ARN: aws.String(p.account.ARN("ssm", "parameter/"+strings.TrimPrefix(found.name, "/"))),
	}
	if _, selector := splitReference(reference); selector != "" {
		view.Selector = aws.String(":" + selector)
	}
	return view
}

func (p *parameters) getOne(_ *wire.Call, in *sdk.GetParameterInput) (*sdk.GetParameterOutput, error) {
	found, version, err := p.find(*in.Name)
	if err != nil {
		return nil, err
	}
	view := p.view(found, version, *in.Name)
	return &sdk.GetParameterOutput{Parameter: &view}, nil
}

// get answers in the order of the parameters' names; what is not there is named as such.
func (p *parameters) get(_ *wire.Call, in *sdk.GetParametersInput) (*sdk.GetParametersOutput, error) {
	var b broken
	b.length(len(in.Names), 1, 10, "["+strings.Join(in.Names, ", ")+"]", "names")
	if err := b.err(); err != nil {
		return nil, err
	}
	out := &sdk.GetParametersOutput{Parameters: []types.Parameter{}, InvalidParameters: []string{}}
	for _, reference := range in.Names {
		found, version, err := p.find(reference)
		if err != nil {
			out.InvalidParameters = append(out.InvalidParameters, reference)
			continue
		}
		out.Parameters = append(out.Parameters, p.view(found, version, reference))
	}
	slices.SortFunc(out.Parameters, func(a, b types.Parameter) int { return strings.Compare(*a.Name, *b.Name) })
	return out, nil
}

// label moves labels to a version: a label is on one version only.
func (p *parameters) label(_ *wire.Call, in *sdk.LabelParameterVersionInput) (*sdk.LabelParameterVersionOutput, error) {
	reference := *in.Name
	if in.ParameterVersion != nil {
		reference += ":" + strconv.FormatInt(*in.ParameterVersion, 10)
	}
	found, version, err := p.find(reference)
	if err != nil {
		return nil, err
	}
	out := &sdk.LabelParameterVersionOutput{ParameterVersion: version.number, InvalidLabels: []string{}}
	for _, label := range in.Labels {
		if label == "" || label[0] >= '0' && label[0] <= '9' || len(label) > 100 {
			out.InvalidLabels = append(out.InvalidLabels, label)
			continue
		}
		for _, v := range found.versions {
			v.labels = slices.DeleteFunc(v.labels, func(other string) bool { return other == label })
		}
		version.labels = append(version.labels, label)
	}
	return out, nil
}

func (p *parameters) delete(_ *wire.Call, in *sdk.DeleteParameterInput) (*sdk.DeleteParameterOutput, error) {
	if _, ok := p.byName[*in.Name]; !ok {
		return nil, wire.Errorf("ParameterNotFound", "")
	}
	delete(p.byName, *in.Name)
	return &sdk.DeleteParameterOutput{}, nil
}

// image is the image's id that a parameter stands for, as EC2 resolves it.
func (p *parameters) image(reference string) (string, error) {
	found, version, err := p.find(reference)
	if err != nil {
		return "", wire.Errorf("SsmInvalidParameter", "The following aliases are invalid: %s", reference)
	}
	if found.dataType != imageType {
		return "", wire.Errorf("SsmInvalidParameter", "Unsupported data type. The following parameter data types are supported: %s", imageType)
	}
	return version.value, nil
}

// ParameterValues are all values that a parameter has had, oldest first; with a version or a label behind its name the one.
func (c *Commands) ParameterValues(reference string) []string {
	found, version, err := c.parameters.find(reference)
	if err != nil {
		return nil
	}
	if _, selector := splitReference(reference); selector != "" {
		return []string{version.value}
	}
	var values []string
	for _, v := range found.versions {
		values = append(values, v.value)
	}
	return values
}

package ssm_test

import (
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/ssm"
	"github.com/aws/aws-sdk-go-v2/service/ssm/types"
	"github.com/google/go-cmp/cmp"

	localec2 "bluegreen/internal/localaws/ec2"
)

func (w *world) put(name, value, dataType string) error {
	_, err := w.client.PutParameter(w.t.Context(), &sdk.PutParameterInput{
		Name: &name, Value: &value, Type: types.ParameterTypeString, DataType: &dataType, Overwrite: aws.Bool(true),
	})
	return err
}

func TestParameterVersions(t *testing.T) {
	meet(t, func(w *world) {
		w.must(w.put("/app/name", "one", "text"))
		w.must(w.put("/app/name", "two", "text"))
		w.must(w.put("bare", "three", "text"))
		_, err := w.client.LabelParameterVersion(t.Context(), &sdk.LabelParameterVersionInput{Name: aws.String("/app/name"), ParameterVersion: aws.Int64(1), Labels: []string{"live"}})
		w.must(err)
		arn := "arn:aws:ssm:ap-northeast-1:000000000000:parameter/"
		for reference, want := range map[string]string{
			"/app/name": "two", "/app/name:1": "one", "/app/name:2": "two", "/app/name:live": "one", arn + "app/name": "two", arn + "app/name:1": "one", arn + "bare": "three",
		} {
			out, err := w.client.GetParameter(t.Context(), &sdk.GetParameterInput{Name: &reference})
			w.must(err)
			if *out.Parameter.Value != want {
				t.Errorf("%s is %s, not %s", reference, *out.Parameter.Value, want)
			}
		}
		out, err := w.client.GetParameters(t.Context(), &sdk.GetParametersInput{Names: []string{"bare", "gone", "/app/name:1", "/app/name:9"}})
		w.must(err)
		var found []string
		for _, p := range out.Parameters {
			found = append(found, *p.Name+aws.ToString(p.Selector)+"="+*p.Value)
		}
		if diff := cmp.Diff([]string{"/app/name:1=one", "bare=three", "gone", "/app/name:9"}, append(found, out.InvalidParameters...)); diff != "" {
			t.Error(diff)
		}
	})
}

func TestParameterRefusals(t *testing.T) {
	meet(t, func(w *world) {
		w.must(w.put("name", "value", "text"))
		for want, input := range map[string]sdk.PutParameterInput{
			"ParameterAlreadyExists": {Name: aws.String("name"), Type: types.ParameterTypeString},
			"AccessDeniedException":  {Name: aws.String("/aws/service/name"), Type: types.ParameterTypeString},
			"ValidationException":    {Name: aws.String("a name"), Type: types.ParameterTypeString},
		} {
			input.Value = aws.String("value")
			if _, err := w.client.PutParameter(t.Context(), &input); err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("%s: %v, not %s", *input.Name, err, want)
			}
		}
	})
}

// A parameter for an image's id takes no other value, and says nothing of it; EC2 resolves no other parameter.
func TestParameterOfAnImage(t *testing.T) {
	meet(t, func(w *world) {
		w.must(w.put("/app/image", w.image, "aws:ec2:image"))
		w.must(w.put("/app/image", "ami-0", "aws:ec2:image"))
		w.must(w.put("/app/text", w.image, "text"))
		for name, want := range map[string]string{
			"/app/image": w.image, "/app/image:1": w.image, "/app/image:2": "The following aliases are invalid: /app/image:2",
			"/app/text": "Unsupported data type. The following parameter data types are supported: aws:ec2:image", "/gone": "The following aliases are invalid: /gone",
		} {
			w.locked(func() {
				i, err := w.compute.Launch(localec2.LaunchRequest{ImageID: "resolve:ssm:" + name, InstanceType: "t3.micro"})
				switch {
				case err != nil && !strings.Contains(err.Error(), want):
					t.Errorf("%s: %v, not %s", name, err, want)
				case err == nil && i.ImageID != want:
					t.Errorf("%s launched %s, not %s", name, i.ImageID, want)
				}
			})
		}
	})
}

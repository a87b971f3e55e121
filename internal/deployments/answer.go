package deployments

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/lambda/types"

	"bluegreen/internal/deploy"
)

// Answer tells a deployment that runs what a person says of it, and returns what comes of it. The error says why the answer does not count.
func (r Reader) Answer(ctx context.Context, d Deployment, verb deploy.Verb, by, reason string) (deploy.Answered, error) {
	var answered deploy.Answered
	said := map[string]string{"execution": d.Execution, "answer": string(verb), "by": by}
	if reason != "" {
		said["reason"] = reason
	}
	payload, err := json.Marshal(said)
	if err != nil {
		return answered, err
	}
	name := deploy.AnswerFunction(d.Execution)
	out, err := lambda.NewFromConfig(r.config).Invoke(ctx, &lambda.InvokeInput{FunctionName: &name, Payload: payload})
	var none *types.ResourceNotFoundException
	switch {
	case errors.As(err, &none):
		return answered, fmt.Errorf("there is no function %s in %s, which takes answers: deploy the stack Deployer again", name, r.config.Region)
	case err != nil:
		return answered, ask(err, "answer for %s", d.Name)
	case out.FunctionError != nil:
		var failed struct{ ErrorMessage string }
		if err := json.Unmarshal(out.Payload, &failed); err != nil || failed.ErrorMessage == "" {
			return answered, fmt.Errorf("%s failed: %s", name, out.Payload)
		}
		return answered, errors.New(failed.ErrorMessage)
	}
	if err := json.Unmarshal(out.Payload, &answered); err != nil {
		return answered, fmt.Errorf("%s answered %q: %w", name, out.Payload, err)
	}
	return answered, nil
}

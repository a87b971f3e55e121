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
func (r Reader) Answer(ctx context.Context, a deploy.Answer) (answered deploy.Answered, err error) {
	name := deploy.AnswerFunction(a.Execution)
	out, err := lambda.NewFromConfig(r.config).Invoke(ctx, &lambda.InvokeInput{FunctionName: &name, Payload: a.Payload()})
	var none *types.ResourceNotFoundException
	switch {
	case errors.As(err, &none):
		return answered, fmt.Errorf("there is no function %s in %s, which takes answers: deploy the stack Deployer again", name, r.config.Region)
	case err != nil:
		return answered, ask(err, "answer for %s", deploy.ExecutionName(a.Execution))
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

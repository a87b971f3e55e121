package scenario

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/cockroachdb/datadriven"

	"bluegreen/internal/deploy"
)

// answer invokes the function Answer, as a person would: answer approve|abort [name=] [by=], with the reason below; or answer payload, which
// stands below then.
func (s *Script) answer(ctx context.Context, d *datadriven.TestData) (string, error) {
	if err := s.r.Answers(); err != nil {
		return "", err
	}
	arn := s.execution(d)
	payload := []byte(s.standIns().Replace(d.Input))
	if !flag(d, "payload") {
		said := deploy.Answer{Execution: arn, Verb: deploy.Approve, By: argument(d, "by", "ann"), Reason: d.Input}
		if flag(d, "abort") {
			said.Verb = deploy.Abort
		}
		payload = said.Payload()
	}
	name := deploy.AnswerFunction(arn)
	out, err := lambda.NewFromConfig(s.r.Config).Invoke(ctx, &lambda.InvokeInput{FunctionName: &name, Payload: payload})
	if err != nil {
		return refusal(err), nil
	}
	var said struct {
		deploy.Answered
		ErrorType, ErrorMessage string
	}
	if err := json.Unmarshal(out.Payload, &said); err != nil {
		return "", fmt.Errorf("%s: %w", out.Payload, err)
	}
	if out.FunctionError != nil {
		return fmt.Sprintf("%s: %s\n", said.ErrorType, s.plain(said.ErrorMessage)), nil
	}
	return said.What + "\n", nil
}

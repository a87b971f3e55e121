package states

import (
	"github.com/aws/aws-sdk-go-v2/service/sfn"

	"bluegreen/internal/localaws/xray"
)

// Start starts an execution as StartExecution does, for a service that does so by itself, such as EventBridge. The
// account's lock is held. Errors are those of the API, *wire.Error.
func (m *Machines) Start(stateMachineARN, name, input string) (executionARN string, err error) {
	started, err := m.start(stateMachineARN, &name, input, xray.Header{})
	if err != nil {
		return "", err
	}
	return started.arn, nil
}

// Describe answers as DescribeExecution does. The account's lock is held.
func (m *Machines) Describe(executionARN string) (*sfn.DescribeExecutionOutput, error) {
	return m.describeExecution(nil, &sfn.DescribeExecutionInput{ExecutionArn: &executionARN})
}

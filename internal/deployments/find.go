package deployments

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sfn"
	"github.com/aws/aws-sdk-go-v2/service/sfn/types"
)

// Latest names the execution that was started last.
const Latest = "latest"

// Find is the ARN of the execution that is meant: by its ARN, its name, or as the latest one of all machines that deploy.
func (r Reader) Find(ctx context.Context, execution string) (string, error) {
	switch {
	case execution == Latest:
		return r.latest(ctx)
	case strings.HasPrefix(execution, "arn:"):
		if !strings.Contains(execution, ":execution:") {
			return "", fmt.Errorf("%q is no execution: want its ARN (arn:aws:states:…:execution:…), its name, or %s; \"bluegreen list\" lists them", execution, Latest)
		}
		return execution, r.here(execution)
	}
	machines, err := r.Machines(ctx)
	if err != nil {
		return "", err
	}
	for _, m := range machines {
		arn := m.execution(execution)
		_, err := r.sfn.DescribeExecution(ctx, &sfn.DescribeExecutionInput{ExecutionArn: &arn})
		switch {
		case missing(err):
		case err != nil:
			return "", ask(err, "look for the execution %s", execution)
		default:
			return arn, nil
		}
	}
	return "", r.noExecution(execution)
}

// noExecution is the error of an execution that is not there.
func (r Reader) noExecution(execution string) error {
	return fmt.Errorf("there is no execution %s in %s: \"bluegreen list\" lists those that are; Step Functions forgets one 90 days after its end", execution, r.config.Region)
}

// missing reports whether AWS says that there is no such execution, or that its name can be none.
func missing(err error) bool {
	var none *types.ExecutionDoesNotExist
	var bad *types.InvalidArn
	return errors.As(err, &none) || errors.As(err, &bad)
}

func (r Reader) latest(ctx context.Context) (string, error) {
	machines, err := r.Machines(ctx)
	if err != nil {
		return "", err
	}
	var arn string
	var began time.Time
	for _, m := range machines {
		newest, err := r.newest(ctx, m, 1)
		if err != nil {
			return "", err
		}
		if len(newest) > 0 && aws.ToTime(newest[0].StartDate).After(began) {
			arn, began = aws.ToString(newest[0].ExecutionArn), aws.ToTime(newest[0].StartDate)
		}
	}
	if arn == "" {
		return "", fmt.Errorf("nothing was deployed in %s yet: no execution of %s is there", r.config.Region, names(machines))
	}
	return arn, nil
}

// newest are a machine's executions that were started last, the newest first.
func (r Reader) newest(ctx context.Context, m Machine, most int) ([]types.ExecutionListItem, error) {
	var all []types.ExecutionListItem
	pages := sfn.NewListExecutionsPaginator(r.sfn, &sfn.ListExecutionsInput{StateMachineArn: &m.ARN, MaxResults: int32(min(most, mostListed))})
	for pages.HasMorePages() && len(all) < most {
		page, err := pages.NextPage(ctx)
		var none *types.StateMachineDoesNotExist
		switch {
		case errors.As(err, &none):
			return nil, fmt.Errorf("there is no state machine %s in %s: \"aws stepfunctions list-state-machines\" lists those that are", m.Name, r.config.Region)
		case err != nil:
			return nil, ask(err, "list the executions of %s", m.Name)
		}
		all = append(all, page.Executions...)
	}
	return all[:min(most, len(all))], nil
}

// mostListed is how many executions AWS lists at once.
const mostListed = 1000

func names(machines []Machine) string {
	all := make([]string, len(machines))
	for n, m := range machines {
		all[n] = m.Name
	}
	return strings.Join(all, ", ")
}

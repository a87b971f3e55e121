package deployments

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sfn"
	"github.com/aws/aws-sdk-go-v2/service/sfn/types"

	"bluegreen/internal/deploy"
	"bluegreen/internal/fleet"
	"bluegreen/statemachine"
)

// Machine is a state machine that deploys.
type Machine struct {
	ARN  string
	Name string
}

// Place is <project>-<role>-<environment> of its deployer; its own name where it is called otherwise.
func (m Machine) Place() string {
	if place, ok := statemachine.Place(m.Name); ok {
		return place
	}
	return m.Name
}

// Ledger is what its deployer's stack calls the ledger's table.
func (m Machine) Ledger() string { return m.Place() + "-ledger" }

// execution is the ARN of its execution of that name.
func (m Machine) execution(name string) string {
	return strings.Replace(m.ARN, ":stateMachine:", ":execution:", 1) + ":" + name
}

// Machines are the state machines that deploy, by their names: those that end in -BlueGreen. Where one is meant, it is that.
func (r Reader) Machines(ctx context.Context) ([]Machine, error) {
	if strings.HasPrefix(r.machine, "arn:") {
		return r.named()
	}
	var all []Machine
	pages := sfn.NewListStateMachinesPaginator(r.sfn, &sfn.ListStateMachinesInput{})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, ask(err, "find the state machine that deploys")
		}
		for _, one := range page.StateMachines {
			m := Machine{ARN: aws.ToString(one.StateMachineArn), Name: aws.ToString(one.Name)}
			if _, deploys := statemachine.Place(m.Name); m.Name == r.machine || r.machine == "" && deploys {
				all = append(all, m)
			}
		}
	}
	switch {
	case len(all) > 0:
		return all, nil
	case r.machine != "":
		return nil, fmt.Errorf("there is no state machine %s in %s: \"aws stepfunctions list-state-machines\" lists those that are", r.machine, r.config.Region)
	}
	return nil, fmt.Errorf("no state machine in %s deploys (none is called <project>-<role>-<environment>-BlueGreen): "+
		"look in another Region or account (AWS_REGION, AWS_PROFILE), or deploy the stack Deployer, as docs/aws.md shows", r.config.Region)
}

// named is the machine that an ARN names. An alias or a version, which has a part more, stands for its machine.
func (r Reader) named() ([]Machine, error) {
	if err := r.here(r.machine); err != nil {
		return nil, err
	}
	const parts, name = 7, 6
	split := strings.Split(r.machine, ":")
	if len(split) < parts || split[name-1] != "stateMachine" {
		return nil, fmt.Errorf("%q is no state machine: want its name, or its ARN, as \"aws stepfunctions list-state-machines\" shows them", r.machine)
	}
	return []Machine{{ARN: strings.Join(split[:parts], ":"), Name: split[name]}}, nil
}

// MachineOf finds the machine that deploys a group: the one for whose <project>-<role>-<environment>- the group's name begins with,
// the longest where several fit; else the one that made the group, by its tag bluegreen:execution; else the only one that there is.
func (r Reader) MachineOf(ctx context.Context, group string) (Machine, error) {
	all, err := r.Machines(ctx)
	if err != nil {
		return Machine{}, err
	}
	if len(all) == 1 && r.machine != "" {
		return all[0], nil
	}
	var found Machine
	for _, m := range all {
		if strings.HasPrefix(group, m.Place()+"-") && len(m.Place()) > len(found.Place()) {
			found = m
		}
	}
	if found.ARN != "" {
		return found, nil
	}
	if len(all) == 1 {
		return all[0], nil
	}
	made, err := r.maker(ctx, group)
	if err != nil {
		return Machine{}, err
	}
	if at := slices.IndexFunc(all, func(m Machine) bool { return made != "" && strings.HasPrefix(made, m.execution("")) }); at >= 0 {
		return all[at], nil
	}
	names := make([]string, len(all))
	for n, m := range all {
		names[n] = m.Name
	}
	return Machine{}, fmt.Errorf("%d state machines deploy in %s, and %s does not say by its name which is its own: name it with --machine (%s)",
		len(all), r.config.Region, group, strings.Join(names, ", "))
}

// maker is the ARN of the execution that made a group; empty where none did.
func (r Reader) maker(ctx context.Context, group string) (string, error) {
	fleets, err := fleet.Read(ctx, r.groups, group)
	if err != nil {
		return "", ask(err, "find who deploys %s", group)
	}
	return fleets[group].Tags[deploy.TagExecution], nil
}

// started is what executions are started on: the alias that the stack makes, or the machine where there is none.
func (r Reader) started(ctx context.Context, m Machine) (string, error) {
	alias := m.ARN + ":" + statemachine.Alias
	_, err := r.sfn.DescribeStateMachineAlias(ctx, &sfn.DescribeStateMachineAliasInput{StateMachineAliasArn: &alias})
	var none *types.ResourceNotFound
	switch {
	case errors.As(err, &none):
		return m.ARN, nil
	case err != nil:
		return "", ask(err, "find the alias %s of %s", statemachine.Alias, m.Name)
	}
	return alias, nil
}

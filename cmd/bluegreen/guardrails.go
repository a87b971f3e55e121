package main

import (
	"cmp"
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"bluegreen/internal/clock"
	"bluegreen/internal/deploy"
	"bluegreen/internal/form"
	"bluegreen/internal/guardrails"
	"bluegreen/layers"
)

func newGuardrails(term terminal) *cobra.Command {
	var file, moment, input string
	var asJSON bool
	c := newCommand("guardrails", "check the operators' policy, and say what it allows now",
		func(context.Context, []string) error { return runGuardrails(term, file, moment, input, asJSON) })
	c.Flags().StringVarP(&file, "file", "f", "", "`file` with the policy; without it the one that this program was built with")
	c.Flags().StringVar(&moment, "at", "", "`time` to say it for, such as 2026-12-30T06:00:00+09:00; without it now")
	c.Flags().BoolVar(&asJSON, "json", false, "print what is in force as JSON")
	c.Flags().StringVar(&input, "request", "", "`file` with a request, to say whether it may begin")
	return c
}

// runGuardrails reads the operators' policy as DescribeBlue does, and says what it allows now.
func runGuardrails(term terminal, file, moment, input string, asJSON bool) error {
	now := clock.NewScaled(1).Now()
	if moment != "" {
		var err error
		if now, err = time.Parse(time.RFC3339, moment); err != nil {
			return usagef("--at %q: want a time with its zone, such as 2026-12-30T06:00:00+09:00", moment)
		}
	}
	policy, err := guardrails.Parse(layers.Guardrails)
	if file != "" {
		policy, err = readGuardrails(file)
	}
	if err != nil {
		return err
	}
	file = cmp.Or(file, "the policy that this program was built with")
	if asJSON {
		if err := writeJSON(term, inForce(policy, now)); err != nil || input == "" {
			return err
		}
		return mayBegin(terminal{out: term.err, err: term.err}, policy, input, now)
	}
	fmt.Fprintf(term.out, "%s is right; groups %s; %s\n", file, strings.Join(policy.Groups, ", "), frozen(policy, now))
	if input == "" {
		return nil
	}
	return mayBegin(term, policy, input, now)
}

// readGuardrails reads the operators' policy from a file.
func readGuardrails(file string) (guardrails.Policy, error) {
	text, err := form.LoadFile(file)
	if err != nil {
		return guardrails.Policy{}, fmt.Errorf("read the guardrails: %w", err)
	}
	policy, err := guardrails.Parse(text)
	if err != nil {
		return guardrails.Policy{}, fmt.Errorf("%s: %w", file, err)
	}
	return policy, nil
}

// inForce is what a policy says at a time, for programs.
func inForce(policy guardrails.Policy, now time.Time) any {
	said := struct {
		Groups  []string   `json:"groups"`
		InForce []string   `json:"in_force"`       // names of freezes
		Free    *time.Time `json:"free,omitempty"` // the first moment without one, where one is in sight
	}{Groups: policy.Groups, InForce: []string{}}
	for _, f := range policy.InForce(now) {
		said.InForce = append(said.InForce, f.Name)
	}
	if free, found := policy.Free(now); found && len(said.InForce) > 0 {
		said.Free = &free
	}
	return said
}

// frozen says which freezes are in force, and until when.
func frozen(policy guardrails.Policy, now time.Time) string {
	freezes := policy.InForce(now)
	if len(freezes) == 0 {
		return "no freeze is in force"
	}
	names := make([]string, len(freezes))
	for i, f := range freezes {
		names[i] = f.Name
	}
	until := "no moment without one is in sight"
	if free, found := policy.Free(now); found {
		until = "none is from " + free.In(freezes[0].Zone).Format(time.RFC3339) + " on"
	}
	return "in force: " + strings.Join(names, ", ") + "; " + until
}

// mayBegin judges a request as far as that can be without the fleet and its record: its group stands for its lineage.
func mayBegin(term terminal, policy guardrails.Policy, file string, now time.Time) error {
	text, err := form.LoadFile(file)
	if err != nil {
		return fmt.Errorf("read the request: %w", err)
	}
	request, err := deploy.ParseRequest(text)
	if err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	lineage := request.BlueName
	if first, _, ok := deploy.SplitName(lineage); ok {
		lineage = first
	}
	used, err := policy.Fit(request, text)
	if err == nil {
		_, err = policy.Begin(used, lineage, now)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	for _, moved := range guardrails.Moved(request, used) {
		fmt.Fprintf(term.out, "mind: %s\n", moved)
	}
	later := "the fleet's size and strategy are looked at when it does"
	if request.Action == deploy.ActionRollback {
		later = "the drain that the record remembers is looked at when it does, unless the request gives one"
	}
	fmt.Fprintf(term.out, "%s may begin; %s\n", file, later)
	return nil
}

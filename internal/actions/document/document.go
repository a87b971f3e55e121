package main

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"bluegreen/internal/actions"
)

// The generated part of the page lies between these lines.
const (
	begin = "<!-- begin: go generate ./internal/actions -->\n"
	end   = "<!-- end -->\n"
)

// The place in the page's examples.
const (
	partition, region, account = "aws", "REGION", "ACCOUNT"
	here                       = ":" + region + ":" + account + ":"
)

// rewrite puts the tables into the page.
func rewrite(page string) (string, error) {
	before, rest, ok := strings.Cut(page, begin)
	_, after, ended := strings.Cut(rest, end)
	if !ok || !ended {
		return "", fmt.Errorf("the page has no lines %q and %q", strings.TrimSpace(begin), strings.TrimSpace(end))
	}
	tables, err := tables()
	return before + begin + tables + end + after, err
}

// tables are one table of what every function may do, and one of each function's own.
func tables() (string, error) {
	scope := actions.Standard(partition, region, account, "ec", "mqagt", "dev")
	scope.BuildImages = true
	scope.FleetRoles = []string{"ec-mqagt-dev-instance-" + region, "ec-mqagt-dev-instance"}
	var all bytes.Buffer
	for i, state := range actions.States() {
		statements, err := actions.Policy(state, scope)
		if err != nil {
			return "", err
		}
		runtime := func(s actions.Statement) bool { return s.Runtime }
		if i == 0 {
			all.WriteString("\n### Every function\n\n")
			write(&all, slices.DeleteFunc(slices.Clone(statements), func(s actions.Statement) bool { return !runtime(s) }), state)
		}
		fmt.Fprintf(&all, "\n### %s\n\n", state)
		if own := slices.DeleteFunc(statements, runtime); len(own) > 0 {
			write(&all, own, state)
		} else {
			all.WriteString("Nothing else: it calls no service.\n")
		}
	}
	all.WriteString("\n")
	return all.String(), nil
}

func write(out *bytes.Buffer, statements []actions.Statement, state string) {
	out.WriteString("| statement | may | on | if | why |\n|---|---|---|---|---|\n")
	for _, s := range statements {
		service, _, _ := strings.Cut(s.Actions[0], ":")
		var names []string
		for _, action := range s.Actions {
			names = append(names, strings.TrimPrefix(action, service+":"))
		}
		var on []string
		for _, resource := range s.Resources {
			on = append(on, "`"+strings.ReplaceAll(short(resource), state, "<State>")+"`")
		}
		var conditions []string
		for _, c := range s.Conditions {
			conditions = append(conditions, fmt.Sprintf("%s `%s` %s", c.Operator, c.Key, quoted(c.Values)))
		}
		fmt.Fprintf(out, "| %s | %s: %s | %s | %s | %s |\n", s.Sid, service, strings.Join(names, ", "), strings.Join(on, " "), strings.Join(conditions, "; "), s.Why)
	}
}

// short is a resource without what all of this account and Region share.
func short(resource string) string {
	resource = strings.TrimPrefix(resource, "arn:"+partition+":")
	for _, place := range []string{here, ":" + region + "::", "::" + account + ":"} {
		if service, name, ok := strings.Cut(resource, place); ok {
			return service + ": " + name
		}
	}
	return resource
}

func quoted(values []string) string { return "`" + strings.Join(values, "` or `") + "`" }

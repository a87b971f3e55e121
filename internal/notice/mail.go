package notice

import (
	"encoding/json"
	"fmt"
	"strings"

	"bluegreen/internal/deploy"
	"bluegreen/internal/text"
)

// longestSubject is what SNS takes: less than 100 characters of ASCII (API reference, Publish).
const longestSubject = 99

// mail says what people read of it: what has happened, in a few words, and what to do next.
func (n *Notice) mail(headline string, next ...string) { n.headline, n.steps = headline, next }

// write writes the mail of a notice that is clean: what has happened and to what, names and numbers, and what to do next. Each of
// these is one line, no matter who has supplied it.
func (n *Notice) write() {
	about := n.Lineage
	if n.Kind == KindDrain {
		about = n.Group
	}
	n.Subject = subject(n.Project, n.headline, about)
	var b strings.Builder
	fmt.Fprintf(&b, "%s.\n\n", n.Message)
	for _, line := range []struct{ name, value string }{
		{"project", n.Project}, {"lineage", n.Lineage}, {"blue", n.Blue}, {"green", n.Green}, {"serves", n.Live},
		{"instance", n.Instance}, {"hook", n.Hook}, {"freeze", n.Override.String()}, {"deployment", another(n.Deployment, n.Execution)},
		{"execution", fmt.Sprintf("%s, %d s", deploy.ExecutionName(n.Execution), n.Seconds)}, {"", ConsoleLink(n.Execution)},
	} {
		if line.value != "" {
			fmt.Fprintf(&b, "%-10s  %s\n", line.name, text.Line(line.value))
		}
	}
	list(&b, "Mind", n.Warnings)
	list(&b, "What is left", n.Left)
	list(&b, "What to do next", n.steps)
	n.Text = b.String()
}

func list(b *strings.Builder, title string, lines []string) {
	if len(lines) > 0 {
		fmt.Fprintf(b, "\n%s:\n  %s\n", title, strings.Join(text.Lines(lines), "\n  "))
	}
}

// another is the name of the execution that began the deployment, if another one works on it.
func another(deployment, execution string) string {
	if deployment == execution || deployment == "" {
		return ""
	}
	return "of " + deploy.ExecutionName(deployment)
}

// subject is "[project] headline: lineage", as SNS takes it everywhere: it asks for ASCII, or for UTF-8, by the age of its
// documentation. A project that is not ASCII is left out, for a subject without its letters would not name it: the text does.
func subject(project, headline, about string) string {
	const longestProject = 40 // so that the headline is seen whatever it is
	s := headline
	if project != "" && text.IsASCII(project) {
		s = "[" + cut(project, longestProject) + "] " + s
	}
	if about != "" {
		s += ": " + about
	}
	s = strings.Map(func(r rune) rune {
		if r < ' ' || r > '~' {
			return '?'
		}
		return r
	}, s)
	return cut(s, longestSubject)
}

// cut is a text of ASCII in most characters at most.
func cut(s string, most int) string {
	const mark = "..."
	if len(s) > most {
		return s[:most-len(mark)] + mark
	}
	return s
}

// request is the input of an execution.
func request(project string, action deploy.Action, group string) string {
	input, err := json.Marshal(map[string]any{"project": project, "action": action, "blue": map[string]string{"asg_name": group}})
	if err != nil {
		panic(err) // strings always encode
	}
	return string(input)
}

// consoles are the console's hosts by partition of an ARN; %s is the Region.
var consoles = map[string]string{
	"aws":        "https://%s.console.aws.amazon.com",
	"aws-cn":     "https://%s.console.amazonaws.cn",
	"aws-us-gov": "https://%s.console.amazonaws-us-gov.com",
}

// ConsoleLink is where an execution can be looked at in a browser; empty where its ARN's partition has no known console.
func ConsoleLink(executionARN string) string {
	parts := strings.Split(executionARN, ":")
	if len(parts) < 5 || consoles[parts[1]] == "" {
		return ""
	}
	region := parts[3]
	return fmt.Sprintf(consoles[parts[1]], region) + "/states/home?region=" + region + "#/v2/executions/details/" + executionARN
}

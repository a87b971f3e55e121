package notice

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"bluegreen/internal/deploy"
	"bluegreen/internal/fault"
	"bluegreen/internal/text"
)

// longestSubject is what SNS takes: less than 100 characters of ASCII (API reference, Publish).
const longestSubject = 99

// letter is what people read of a notice, in the order in which they ask: who serves, what is to be done, what has happened.
type letter struct {
	headline string   // of the subject
	serves   string   // and how it is; empty: it is not known, or nothing serves
	todo     string   // must I act, in one sentence
	steps    []string // the commands for it
}

// write writes the mail of a notice that is clean. Each thing that it says is one line, no matter who has supplied it.
func (n *Notice) write() {
	about := n.Lineage
	if n.Kind == KindDrain {
		about = n.Group
	}
	n.Subject = subject(n.Project, n.letter.headline, about)
	said, problems := n.problems()
	var b strings.Builder
	rows(&b, []detail{{"serves", n.letter.serves}, {"to do", n.letter.todo}, {"happened", deploy.Moment(n.At) + ": " + said}})
	list(&b, "What to do next", n.letter.steps)
	list(&b, "Problems", problems)
	list(&b, "What is left", n.Left)
	list(&b, "Warnings", n.Warnings)
	b.WriteByte('\n')
	rows(&b, n.details())
	n.Text = b.String()
}

// StartedBy has the mail say who has started the execution; empty: it is not known.
func (n *Notice) StartedBy(who string) {
	n.started = text.Line(who)
	n.write()
}

// detail is a name with what it stands for.
type detail struct{ name, value string }

// rows writes those that have a value.
func rows(b *strings.Builder, all []detail) {
	for _, r := range all {
		if r.value != "" {
			fmt.Fprintf(b, "%-10s  %s\n", r.name, text.Line(r.value))
		}
	}
}

// details are the names and numbers.
func (n *Notice) details() []detail {
	return []detail{
		{"project", n.Project}, {"reason", n.Reason}, {"lineage", n.Lineage}, {"blue", launched(n.Blue, n.before)}, {"green", n.green()},
		{"instance", n.Instance}, {"hook", n.Hook}, {"freeze", n.Override.String()}, {"approved", n.Approved.String()}, {"aborted", n.Aborted.String()}, {"deployment", another(n.Deployment, n.Execution)},
		{"account", account(n.Execution)}, {"execution", deploy.ExecutionName(n.Execution)}, {"started", n.started}, {"began", n.began()}, {"", ConsoleLink(n.Execution)},
	}
}

// began is when the execution began, for how long it has run, and how long the lineage's deployments take.
func (n *Notice) began() string {
	said := fmt.Sprintf("%s, %s before", deploy.Moment(n.since), time.Duration(n.Seconds)*time.Second)
	if n.usual > 0 {
		said += fmt.Sprintf("; the last one that succeeded took %s", time.Duration(n.usual)*time.Second)
	}
	return said
}

// problems takes the problems of a request, or of a fleet that is not ready, out of the message: each is to be read by itself.
func (n *Notice) problems() (message string, problems []string) {
	several := n.Error == string(fault.BadRequest) || n.Error == string(fault.NotReady) || n.Error == string(fault.Forbidden)
	all := strings.Split(n.Message, "; ")
	if !several || len(all) == 1 {
		return n.Message, nil
	}
	intro, first, found := strings.Cut(strings.TrimPrefix(all[0], n.Error+": "), ": ")
	if !found {
		return n.Message, nil
	}
	return n.Error + ": " + intro, append([]string{first}, all[1:]...)
}

// launched is a group with what its instances launch from, where that is a template's version.
func launched(group string, t *deploy.Template) string {
	if group == "" || t == nil {
		return group
	}
	return fmt.Sprintf("%s, from %s version %s", group, t.ID, t.Version)
}

// green is that group, or what stands in its place.
func (n *Notice) green() string {
	if n.unbuilt && n.Green != "" {
		return n.Green + ", not created: its image comes first"
	}
	if n.Strategy.Stays() {
		return ""
	}
	return launched(n.Green, n.after)
}

// account says where an execution runs.
func account(execution string) string {
	parts := strings.Split(execution, ":")
	if len(parts) < 5 {
		return ""
	}
	return parts[4] + ", " + parts[3]
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

// rollback is the command that brings the fleet back which a deployment has replaced; empty where none can.
func (n *Notice) rollback() []string {
	machine := deploy.MachineOf(n.Execution)
	if machine == "" || n.Strategy.Stays() { // a group that stays goes back by a deployment of its image before
		return nil
	}
	return []string{"to bring " + n.Blue + " back", "aws stepfunctions start-execution " + text.Option("--state-machine-arn", machine) + " " +
		text.Option("--input", request(n.Project, deploy.ActionRollback, n.Green))}
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

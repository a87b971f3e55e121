package scenario_test

import (
	"encoding/json"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/cockroachdb/datadriven"

	"bluegreen/internal/rehearsal/scenario"
)

// player plays commands as a scenario would, with arguments that no scenario's line can hold.
type player struct {
	*testing.T
	script scenario.Script
}

func (p *player) play(line, input string, args ...datadriven.CmdArg) string {
	p.Helper()
	words := strings.Fields(line)
	d := &datadriven.TestData{Cmd: words[0], Input: input, CmdArgs: args}
	for _, word := range words[1:] {
		key, value, given := strings.Cut(word, "=")
		arg := datadriven.CmdArg{Key: key}
		if given {
			arg.Vals = []string{value}
		}
		d.CmdArgs = append(d.CmdArgs, arg)
	}
	answer, err := p.script.Play(d)
	if err != nil {
		p.Fatalf("%s: %v", line, err)
	}
	return answer
}

// pasted runs a command as a person would who pastes it into a shell, with an aws that prints what it is called with.
func pasted(t *testing.T, command string) []string {
	t.Helper()
	out, err := exec.Command("sh", "-c", `aws() { for each; do printf '%s\0' "$each"; done; }; `+command).CombinedOutput()
	if err != nil {
		t.Errorf("%s\n  in a shell: %v: %s", command, err, out)
	}
	return strings.Split(strings.TrimSuffix(string(out), "\x00"), "\x00")
}

// given is the value of an option; empty if the option is not there.
func given(args []string, option string) string {
	if i := slices.Index(args, option); i >= 0 && i+1 < len(args) {
		return args[i+1]
	}
	return ""
}

// Every command that people are told can be pasted into a shell, whatever their group and their project are called: a group of this
// name is legal.
func TestCommandsCanBePasted(t *testing.T) {
	const group, project = `;$(id)'"`, `it's "ec"; $(id)`
	groups := []string{group, group + "-v001", group + "-v002", group + "-v003"}
	request := func(more string) string {
		text, err := json.Marshal(map[string]any{"project": project, "blue": map[string]string{"asg_name": group}})
		if err != nil {
			t.Fatal(err)
		}
		return strings.TrimSuffix(string(text), "}") + more + "}"
	}
	p := &player{T: t}
	defer p.script.Close()
	p.play("world desired=2 min=1 hook-terminate=60s", "", datadriven.CmdArg{Key: "group", Vals: []string{group}})
	p.play("graceful-shutdown", "")
	p.play("status-change recover=tell", "")
	said := ""
	note := func(answer string) { said += answer }

	p.play("start", request(`, "drain": {"command": ["true"]}`))
	note(p.play("end", ""))
	p.play("start name=stopped", request(""))
	p.play("advance until=SwitchTraffic", "")
	p.play("stop", "")
	p.play("advance for=5m", "")
	p.play("start name=recovery", request(`, "action": "recover"`))
	note(p.play("end", ""))
	p.play("sick-image", "")
	p.play("start name=sick", request(`, "health": {"timeout_seconds": 60}`))
	note(p.play("end", ""))
	name, _ := json.Marshal(group + "-v001")
	of := `{"AutoScalingGroupName": ` + string(name)
	for _, step := range []string{
		"call autoscaling UpdateAutoScalingGroup|, \"DeletionProtection\": \"prevent-all-deletion\"}", "advance for=1m", "call autoscaling StartInstanceRefresh|}",
		"start name=refresh", "end",
	} {
		line, input, call := strings.Cut(step, "|")
		switch {
		case call:
			input = of + input
		case strings.HasPrefix(line, "start"):
			input = request(`, "blue_after": {"then": "delete"}`)
		}
		if answer := p.play(line, input); call && answer != "" {
			t.Fatalf("%s: %s", line, answer)
		} else if line == "end" {
			note(answer)
		}
	}
	note(p.play("mail text", ""))
	checkPasted(t, said, groups, project)
}

// command finds what begins like a command of the aws CLI, as far as its line or its finding goes.
var command = regexp.MustCompile(`(?m)aws [a-z0-9]+ [a-z-]+ --.*?(?:$|; \([0-9]+\) |: aws |, then redrive|, and then | or )`)

func checkPasted(t *testing.T, said string, groups []string, project string) {
	t.Helper()
	seen := make(map[string]bool)
	for _, found := range command.FindAllString(said, -1) {
		found = regexp.MustCompile(`(; \([0-9]+\) |\.|, then redrive|, and then | or )$`).ReplaceAllString(found, "")
		args := pasted(t, found)
		if len(args) > 1 {
			seen[args[1]] = true
		}
		if name := given(args, "--auto-scaling-group-name"); strings.Contains(found, "--auto-scaling-group-name") && !slices.Contains(groups, name) {
			t.Errorf("%s\n  is of group %q", found, name)
		}
		if arn := given(args, "--execution-arn"); strings.Contains(found, "--execution-arn") && !strings.HasPrefix(arn, "arn:aws:states:") {
			t.Errorf("%s\n  is of execution %q", found, arn)
		}
		if input := given(args, "--input"); strings.Contains(found, "--input") {
			var request struct{ Project string }
			if err := json.Unmarshal([]byte(input), &request); err != nil || request.Project != project {
				t.Errorf("%s\n  has the input %q: %v", found, input, err)
			}
		}
	}
	for _, wanted := range []string{
		"stop-execution", "start-execution", "get-execution-history", "describe-scaling-activities",
		"cancel-instance-refresh", "update-auto-scaling-group",
	} {
		if !seen[wanted] {
			t.Errorf("nobody is told of aws … %s", wanted)
		}
	}
	if t.Failed() {
		t.Log(said)
	}
}

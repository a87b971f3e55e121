package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// say runs a command line and returns what it printed and its exit code.
func say(args ...string) (out, err string, code int) {
	var stdout, stderr bytes.Buffer
	code = run(context.Background(), terminal{out: &stdout, err: &stderr}, args)
	return stdout.String(), stderr.String(), code
}

func TestCommandLine(t *testing.T) {
	for _, test := range []struct {
		args     string
		code     int
		out, err string // contained
	}{
		{"", 0, "Usage: bluegreen <command>", ""},
		{"help", 0, "keep a local AWS", ""},
		{"--help", 0, "bluegreen <command> --help", ""},
		{"version", 0, "bluegreen ", ""},
		{"--version", 0, "bluegreen ", ""},
		{"demo --help", 0, "-green", ""},
		{"local --help", 0, "127.0.0.1:4566", ""},
		{"dmeo", 2, "", `unknown command "dmeo" (did you mean "demo"?); "bluegreen help" lists the commands`},
		{"d\x1b[2J\u202emeo", 2, "", `unknown command "d\x1b[2J\u202emeo"`},
		{"guardrails -f no\x1b[2J\u009b\u202esuch", 1, "", `read the guardrails: open no\u001b[2J\u009b\u202esuch: no such file`},
		{"deploy-everything", 2, "", `unknown command "deploy-everything"; "bluegreen help"`},
		{"local --speeed 3", 2, "", `local: unknown flag --speeed (did you mean "--speed"?); "bluegreen local --help" lists the flags`},
		{"local now", 2, "", `local: unexpected argument "now"`},
		{"local --speed fast", 2, "", `local: --speed "fast": want a`},
		{"search --seeds x", 2, "", `search: --seeds "x": want a whole number, such as 1000; "bluegreen search --help" lists the flags`},
		{"search --text=perhaps", 2, "", `search: --text "perhaps": want true or false`},
		{"rehearse --boot 8", 2, "", `rehearse: --boot "8": want a length of time, such as 90s or 1h30m`},
		{"rehearse -f ../../pipeline/state_machine_input.json --endpoint-url 127.0.0.1:4566", 2, "", `--endpoint-url "127.0.0.1:4566": want a URL with its scheme, such as http://127.0.0.1:4566`},
		{"rehearse -f", 2, "", `rehearse: -f needs a value; "bluegreen rehearse --help"`},
		{"local --speed 0", 2, "", "--speed 0: want 1 to 100"},
		{"demo --requests 0", 2, "", "--requests 0: want 1 to 2000"},
		{"demo --green ill", 2, "", `--green "ill": want "well" (green gets healthy`},
		{"demo --input no-such-file.json", 1, "", "read the request: open no-such-file.json"},
		{"demo --fleet mules", 2, "", `--fleet "mules": want "web" (web servers behind a load balancer), "workers" (workers that take`},
		{"demo --source stones", 2, "", `--source "stones": want template, configuration, weights, requirements`},
		{"local --green ill", 2, "", `--green "ill": want "well" (green gets healthy`},
		{"local --fleet mules", 2, "", `--fleet "mules": want "web"`},
		{"demo --jobs 0", 2, "", "--jobs 0: want more than 0, and at most 600 a minute"},
		{"worker", 2, "", `it runs on instances of "bluegreen local --fleet workers"`},
		{"trace --help", 0, "Usage: bluegreen trace EXECUTION [flags]", ""},
		{"trace --all", 2, "", "trace: EXECUTION is missing"},
		{"trace e --al", 2, "", `trace: unknown flag --al (did you mean "--all"?)`},
		{"trace e f", 2, "", `trace: unexpected argument "f"`},
		{"version now", 2, "", `version: unexpected argument "now"`},
		{"dmeo --speed 3", 2, "", `unknown command "dmeo" (did you mean "demo"?)`},
		{"--spede", 2, "", `unknown flag --spede`},
		{"search -x", 2, "", `search: unknown flag -x`},
		{"completion", 0, "fish", ""},
		{"completion bash", 0, "# bash completion V2 for bluegreen", ""},
		{"completion zsh", 0, "#compdef bluegreen", ""},
		{"completion fish", 0, "complete -c bluegreen", ""},
		{"completion bsh", 2, "", `completion: unknown shell "bsh": want bash, zsh, fish or powershell`},
		{"__complete rehear", 0, "rehearse\t", "directive: ShellCompDirectiveNoFileComp"},
		{"man", 2, "", `man: DIRECTORY is missing; "bluegreen man --help" lists the flags`},
	} {
		t.Run(test.args, func(t *testing.T) {
			out, err, code := say(strings.Fields(test.args)...)
			if code != test.code || !strings.Contains(out, test.out) || !strings.Contains(err, test.err) {
				t.Errorf("code %d, stdout %q, stderr %q; want code %d, %q in stdout, %q in stderr", code, out, err, test.code, test.out, test.err)
			}
			if (err == "") != (code == 0) && !strings.HasPrefix(test.args, "__complete") { // the shell's own, which throws that away
				t.Errorf("code %d with stderr %q", code, err)
			}
		})
	}
}

// Each command has a page, with its flags.
func TestManualPages(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "man")
	if out, err, code := say("man", dir); code != 0 || !strings.Contains(out, "manual pages in "+dir) {
		t.Fatalf("code %d, stdout %q, stderr %q", code, out, err)
	}
	for page, want := range map[string]string{
		"bluegreen.1": "replaces a fleet of EC2 instances", "bluegreen-rehearse.1": "ledger-table",
		"bluegreen-trace.1": "bluegreen trace EXECUTION", "bluegreen-completion-zsh.1": "bluegreen completion zsh",
	} {
		text, err := os.ReadFile(filepath.Join(dir, page))
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(strings.ReplaceAll(string(text), `\-`, "-"), want) {
			t.Errorf("%s lacks %q:\n%s", page, want, text)
		}
	}
}

func TestStatusLineIsDrawnOver(t *testing.T) {
	var stderr bytes.Buffer
	p := progress{term: terminal{err: &stderr, live: true}.safe()}
	p.Show("1 request")
	p.Line("blue \x1b[2Jserves")
	p.Show("2 requests")
	p.Show("")
	const erase = "\r\x1b[K"
	if got, want := stderr.String(), "1 request"+erase+`blue \u001b[2Jserves`+"\n1 request"+erase+"2 requests"+erase; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestLogHasNoStatusLine(t *testing.T) {
	var stderr bytes.Buffer
	p := progress{term: terminal{err: &stderr}}
	p.Show("1 request")
	p.Line("blue serves")
	if got, want := stderr.String(), "blue serves\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

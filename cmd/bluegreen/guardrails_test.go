package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestGuardrails(t *testing.T) {
	dir := t.TempDir()
	put := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		return path
	}
	wrong := put("wrong.json", `{"groups": "ec-*", "freeze": []}`)
	request := put("request.json", `{"project": "ec", "blue": {"asg_name": "ec-mqagt-dev-asg-v007"}, "health": {"consecutive": 3}}`)
	back := put("back.json", `{"project": "ec", "action": "rollback", "blue": {"asg_name": "ec-mqagt-dev-asg-v007"}}`)
	foreign := put("foreign.json", `{"project": "hr", "blue": {"asg_name": "hr-asg"}, "health": {"consecutive": 3}}`)
	large := put("large.json", `{"$schema": "`+strings.Repeat("x", 40_000)+`"}`)
	strict := filepath.Join("..", "..", "layers", "examples", "strict.json")
	for _, test := range []struct {
		args     []string
		code     int
		out, err string // contained
	}{
		{[]string{"-f", "../../layers/guardrails/guardrails.json"}, 0, "is right; groups ", ""},
		{[]string{"-f", strict, "--at", "2026-11-24T12:00:00+09:00"}, 0, "no freeze is in force", ""},
		{[]string{"-f", strict, "--at", "2026-11-20T23:00:00+09:00"}, 0, "in force: weekend; none is from 2026-11-23T08:00:00+09:00 on", ""},
		{[]string{"-f", strict, "--at", "2026-11-20T23:00:00+09:00", "--json"}, 0, "\"in_force\": [\n    \"weekend\"\n  ],\n  \"free\": \"2026-11-2", ""},
		{[]string{"--json", "--request", request}, 0, "\"in_force\": []\n}", "may begin"},
		{[]string{"-f", strict, "--at", "2026-11-24T12:00:00+09:00", "--request", request}, 0, "may begin", ""},
		{[]string{"-f", strict, "--at", "2026-11-20T23:00:00+09:00", "--request", request}, 1, "in force", `freeze "weekend"`},
		{[]string{"-f", strict, "--at", "2026-11-20T23:00:00+09:00", "--request", back}, 0, "mind: health.consecutive is 3", ""},
		{[]string{"-f", strict, "--at", "2026-11-24T12:00:00+09:00", "--request", foreign}, 1, "", "group hr-asg is not one of those that may be deployed (ec-*-asg"},
		{[]string{"-f", wrong}, 1, "", `(1) $.groups is "ec-*": it must be a list of 1 to 200`},
		{[]string{"-f", large}, 1, "", "$ is larger than 32768 bytes (32 KiB): it must be smaller"},
		{[]string{"-f", "/dev/zero"}, 1, "", "$ is larger than 32768 bytes (32 KiB): it must be smaller"},
		{[]string{"-f", strict, "--request", large}, 1, "", "the request has 1 problem: $ is larger than 32768 bytes (32 KiB)"},
		{[]string{"-f", filepath.Join(dir, "none.json")}, 1, "", "read the guardrails: open"},
		{[]string{"--at", "tomorrow"}, 2, "", `--at "tomorrow": want a time with its zone`},
	} {
		out, err, code := say(append([]string{"guardrails"}, test.args...)...)
		if code != test.code || !strings.Contains(out, test.out) || !strings.Contains(err, test.err) {
			t.Errorf("%v: code %d, stdout %q, stderr %q; want code %d, %q, %q", test.args, code, out, err, test.code, test.out, test.err)
		}
	}
	if _, err, code := say("rehearse", "-f", large); code != 1 || !strings.Contains(err, "$ is larger than 32768 bytes (32 KiB)") {
		t.Errorf("rehearse with a large request: code %d, stderr %.200q", code, err)
	}
	if out, err, code := say("local", "--guardrails", wrong); code != 1 || !strings.Contains(err, "guardrails are wrong") {
		t.Errorf("local with wrong guardrails: code %d, stdout %q, stderr %q", code, out, err)
	}
}

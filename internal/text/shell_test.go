package text_test

import (
	"os/exec"
	"strings"
	"testing"

	"bluegreen/internal/text"
)

func TestQuoteLeavesWhatNeedsNone(t *testing.T) {
	for _, plain := range []string{"ec-mqagt-dev-asg-v001", "arn:aws:states:ap-northeast-1:000000000000:execution:ec-BlueGreen:a_b.c", "a@b%c+d,e/f"} {
		if got := text.Quote(plain); got != plain {
			t.Errorf("%s becomes %s", plain, got)
		}
	}
}

// Whatever a value is, a real shell hands it on as it is.
func TestAShellReadsWhatIsQuoted(t *testing.T) {
	var ascii strings.Builder
	for c := byte(1); c < 128; c++ {
		ascii.WriteByte(c)
	}
	for _, value := range []string{"", "a b", `;$(id)'"`, "`id`", "'", "''", `\`, "a\nb", "日本語", "~", "#", "!x", "*", "=a", "{a,b}", ascii.String(), "-v001", "--x"} {
		command := "aws " + text.Option("--name", value) + " " + text.Quote(value)
		out, err := exec.Command("sh", "-c", `aws() { for each; do printf '%s\0' "$each"; done; }; `+command).Output()
		if err != nil {
			t.Fatalf("%s: %v", command, err)
		}
		want := "--name\x00" + value + "\x00" + value + "\x00"
		if strings.HasPrefix(value, "-") {
			want = "--name=" + value + "\x00" + value + "\x00"
		}
		if string(out) != want {
			t.Errorf("%s: got %q, want %q", command, out, want)
		}
	}
}

package deploy_test

import (
	"regexp"
	"strings"
	"testing"

	"bluegreen/internal/deploy"
)

// What is made for green is named by it, as far as AWS takes that; no two deployments share a name.
func TestOwnName(t *testing.T) {
	taken := regexp.MustCompile(`^[a-zA-Z0-9().\-/_]{3,128}$`)
	seen := make(map[string]bool)
	long := strings.Repeat("a", 250)
	for group, want := range map[string]string{
		"web-asg-v001": "web-asg-v001-", "web~asg-v001": "web-asg-v001-", "web+asg-v001": "web-asg-v001-", long + "-v001": long[:119] + "-", long + "-v002": long[:119] + "-",
	} {
		for _, execution := range []string{"arn:1", "arn:2"} {
			got := deploy.OwnName(group, execution)
			if !strings.HasPrefix(got, want) || !taken.MatchString(got) {
				t.Errorf("of %s: %s, want %s…", group, got, want)
			}
			if seen[got] {
				t.Errorf("%s is the name of two", got)
			}
			seen[got] = true
		}
	}
}

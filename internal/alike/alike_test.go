package alike

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling/types"
	cwtypes "github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"
)

// section is the heading of the table in docs/copy.md, and rows what the table must be.
const section = "## Differences that are meant to be"

func rows() string {
	var b strings.Builder
	for _, m := range meantToBe {
		fmt.Fprintf(&b, "| `%s` | %s |\n", strings.Join(m.Places, "`, `"), m.Why)
	}
	return b.String()
}

// What the comparison lets pass is what people read.
func TestWhatIsMeantToBeIsDocumented(t *testing.T) {
	text, err := os.ReadFile(filepath.Join("..", "..", "docs", "copy.md"))
	if err != nil {
		t.Fatal(err)
	}
	_, after, found := strings.Cut(string(text), section)
	table, _, _ := strings.Cut(after, "\n## ")
	_, is, _ := strings.Cut(table, "|---|---|\n")
	if !found || strings.TrimSpace(is) != strings.TrimSpace(rows()) {
		t.Errorf("docs/copy.md has not, as the last table of %q:\n%s", section, rows())
	}
}

// each shows the same part of a group and of its copy.
func each(place string, answer func(group string) any) (blue, green Shown) {
	of := func(group string) Shown {
		n := names{group: group}
		n.add(place, answer(group))
		return n.shown
	}
	return of("web"), of("web-v001")
}

func TestCompare(t *testing.T) {
	metric := func(name, value string) any {
		return cwtypes.Metric{Namespace: aws.String("Shop"), Dimensions: []cwtypes.Dimension{{Name: &name, Value: &value}}}
	}
	for _, test := range []struct {
		what, place string
		answer      func(group string) any
		differs     string // place; empty: nowhere that is not explained
	}{
		{"its own name", "group", func(g string) any { return types.AutoScalingGroup{AutoScalingGroupName: &g} }, ""},
		{"another setting", "group", func(g string) any { return types.AutoScalingGroup{DefaultCooldown: aws.Int32(int32(len(g)))} }, "group DefaultCooldown"},
		{"what only one has", "group", func(g string) any {
			if g == "web" {
				return types.AutoScalingGroup{Context: aws.String("shop")}
			}
			return types.AutoScalingGroup{}
		}, "group Context"},
		{"a dimension that followed", "alarm cpu", func(g string) any { return metric("AutoScalingGroupName", g) }, ""},
		{"a dimension that still names blue", "alarm cpu", func(string) any { return metric("AutoScalingGroupName", "web") }, "alarm cpu Dimensions AutoScalingGroupName Value"},
		{"people's own dimension stays", "alarm cpu", func(string) any { return metric("App", "web") }, ""},
		{"people's own dimension changes", "alarm cpu", func(g string) any { return metric("App", g) }, "alarm cpu Dimensions App Value"},
		{"a description stays", "alarm cpu", func(string) any { return cwtypes.MetricAlarm{AlarmDescription: aws.String("CPU of web")} }, ""},
		{"an expression that followed", "policy p", func(g string) any {
			return types.MetricDataQuery{Expression: aws.String(`SEARCH('{Shop} AutoScalingGroupName="` + g + `" "` + g + `"')`)}
		}, ""},
		{"an action on its own policy", "alarm cpu", func(g string) any {
			id := map[string]string{"web": "1a", "web-v001": "2b"}[g]
			return cwtypes.MetricAlarm{AlarmActions: []string{"arn:aws:autoscaling:eu-west-1:1:scalingPolicy:" + id + ":autoScalingGroupName/" + g + ":policyName/more"}}
		}, ""},
		{"an action on blue's policy", "alarm cpu", func(string) any {
			return cwtypes.MetricAlarm{AlarmActions: []string{"arn:aws:autoscaling:eu-west-1:1:scalingPolicy:1a:autoScalingGroupName/web:policyName/more"}}
		}, "alarm cpu AlarmActions arn:aws:autoscaling:eu-west-1:1:scalingPolicy:<id>:autoScalingGroupName/<group>:policyName/more"},
		{"a topic of that name", "alarm cpu", func(string) any { return cwtypes.MetricAlarm{AlarmActions: []string{"arn:aws:sns:eu-west-1:1:web"}} }, ""},
		{"the order of termination policies", "group", func(g string) any {
			policies := []string{"OldestInstance", "Default"}
			if g != "web" {
				policies = []string{"Default", "OldestInstance"}
			}
			return types.AutoScalingGroup{TerminationPolicies: policies}
		}, "group TerminationPolicies 0"},
		{"the order of tags", "group", func(g string) any {
			a, b := types.TagDescription{Key: aws.String("a"), Value: aws.String("1")}, types.TagDescription{Key: aws.String("b")}
			if g == "web" {
				return types.AutoScalingGroup{Tags: []types.TagDescription{a, b}}
			}
			return types.AutoScalingGroup{Tags: []types.TagDescription{b, a}}
		}, ""},
	} {
		t.Run(test.what, func(t *testing.T) {
			left := Unexplained(Compare(each(test.place, test.answer)))
			switch {
			case test.differs == "" && len(left) > 0:
				t.Errorf("got %+v", left)
			case test.differs != "" && (len(left) == 0 || left[0].Place != test.differs):
				t.Errorf("got %+v, want %s", left, test.differs)
			}
		})
	}
}

// An alarm and its copy have one place, as the lineage's rule names them.
func TestNamesOfAlarms(t *testing.T) {
	for _, test := range []struct{ group, name, want string }{
		{"web", "cpu", "cpu"}, {"web-v001", "cpu-v001", "cpu"}, {"web-v002", "cpu-v002", "cpu"},
		{"web", "web-cpu", "<group>-cpu"}, {"web-v001", "web-v001-cpu", "<group>-cpu"},
		{"web", "prod/web/cpu", "prod/<group>/cpu"}, {"web-v001", "prod/web-v001/cpu", "prod/<group>/cpu"},
		{"web", "webcam", "webcam"}, {"web-v001", "webcam-v001", "webcam"},
	} {
		if got := (names{group: test.group}).alarm(test.name); got != test.want {
			t.Errorf("%s of %s: %s, want %s", test.name, test.group, got, test.want)
		}
	}
}

func TestTableMarksWhatDiffers(t *testing.T) {
	var out bytes.Buffer
	err := Table(&out, Shown{"group Context": "shop", "group DefaultCooldown": "1", "group CreatedTime": "now"}, Shown{"group DefaultCooldown": "1", "group CreatedTime": "then"})
	if err != nil {
		t.Fatal(err)
	}
	for i, line := range strings.Split(strings.TrimRight(out.String(), "\n"), "\n") {
		if want := []string{"! group Context", "~ group CreatedTime", "  group DefaultCooldown"}[i]; !strings.HasPrefix(line, want) {
			t.Errorf("line %d is %q, want %q", i, line, want)
		}
	}
}

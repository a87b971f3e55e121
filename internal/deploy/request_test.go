package deploy_test

import (
	"encoding/json"
	"errors"
	"reflect"
	"strings"
	"testing"

	"bluegreen/internal/deploy"
	"bluegreen/internal/fault"
)

func TestTheMinimalRequest(t *testing.T) {
	got, err := deploy.ParseRequest(json.RawMessage(`{"project": "ec", "blue": {"asg_name": "ec-mqagt-dev-asg"}, "Wait": 30}`))
	want := deploy.Request{
		Project: "ec", Action: deploy.ActionDeploy, BlueName: "ec-mqagt-dev-asg", WaitSeconds: 30,
		Health:    deploy.HealthPolicy{TimeoutSeconds: 1800, Consecutive: 2},
		Ringing:   deploy.RingingRefuse,
		Approval:  deploy.Approval{OnTimeout: deploy.SilenceAborts},
		Drain:     deploy.DrainPolicy{TimeoutSeconds: 900, OnTimeout: deploy.TimeoutContinue},
		BlueAfter: deploy.AfterScaleToZero,
	}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, %v", got, err)
	}
}

func TestABadRequestNamesEveryProblem(t *testing.T) {
	tests := []struct {
		input string
		want  []string
	}{
		{`[]`, []string{"$ is []: it must be an object"}},
		{`{`, []string{"not JSON"}},
		{`{"project": "", "blue": {"asg_nme": "x"}, "Wait": 0.5}`, []string{
			`4 problems`, `$.project is "": it must be a string of 1 to 128 characters`,
			`$.blue.asg_name is missing`, `$.blue.asg_nme is not a known field: did you mean "asg_name"?`,
			`$.Wait is 0.5: it must be a whole number of seconds from 1 to 300`,
		}},
		{`{"project": "ec", "blue": {"asg_name": "a"}, "wait": 30}`, []string{`$.wait is not a known field: did you mean "Wait"?`}},
		{`{"project": "ec", "blue": {"asg_name": "a"}, "action": "rolback"}`, []string{`$.action is "rolback": it must be "deploy" or "rollback" or "recover"`}},
		{`{"project": "ec", "blue": {"asg_name": "a"}, "drain": {"command": [1, ""], "on_timeout": "continue"}}`, []string{
			`3 problems`, `$.drain.command[0] is 1`, `$.drain.command[1] is ""`, `$.drain.on_timeout is "continue": it must be "CONTINUE"`,
		}},
		{`{"project": "ec", "asg_name": "a", "timeout_seconds": 60, "colour": "green", "blue": {"asg_name": "a", "Project": "ec"}}`, []string{
			`$.asg_name is not a known field: did you mean $.blue.asg_name? (known: `, `$.colour is not a known field (known: `,
			`$.timeout_seconds is not a known field: did you mean $.green.image.build.timeout_seconds or $.health.timeout_seconds or $.drain.timeout_seconds or $.approval.timeout_seconds? (known: `,
			`$.blue.Project is not a known field: did you mean $.project? (known: asg_name)`}},
		{`{"project": "ec", "blue": {"asg_name": "arn:aws:autoscaling:ap-northeast-1:000000000000:autoScalingGroup:5c2b:autoScalingGroupName/ec-asg"}}`,
			[]string{`it must be a string of 1 to 255 characters of ASCII, without spaces and colons (this is an ARN: its name is "ec-asg")`}},
		{`{"project": "ec", "blue": {"asg_name": "ec‐mqagt-dev-asg"}}`, []string{
			`(its character 3 is U+2010, which only looks like the hyphen "-")`}},
		{`{"project": "ec", "blue": {"asg_name": "a"}, "alarms": ["a", "", "a"], "bake_seconds": 129601, "alarms_ringing": "warn"}`, []string{
			`4 problems`, `$.alarms[1] is ""`, `$.alarms[2] is "a", which is named before`, `$.bake_seconds is 129601: it must be a whole number of seconds from 0 to 129600`, `$.alarms_ringing is "warn"`}},
		{`{"project": "ec", "blue": {"asg_name": "a"}, "approval": {"timeout_seconds": 59, "on_timeout": "wait"}}`, []string{
			`2 problems`, `$.approval.timeout_seconds is 59: it must be a whole number of seconds from 60 to 86400`, `$.approval.on_timeout is "wait": it must be "abort" or "continue"`}},
		{`{"project": "ec", "blue": {"asg_name": "a"}, "approval": {}}`, []string{`$.approval.timeout_seconds is missing`}},
		{`{"project": "ec", "blue": {"asg_name": "a"}, "approval": {"timeout_seconds": 86400}, "bake_seconds": 43201}`, []string{
			`$.approval.timeout_seconds and $.bake_seconds are 129601 s together, and may be 129600 s: shorten one of them`}},
		{`{"project": "ec", "blue": {"asg_name": "a"}, "alarms_ringing": "ignore"}`, []string{`there are no $.alarms: name them, or leave alarms_ringing out`}},
		{`{"project": "ec", "blue": "a"}`, []string{`$.blue is "a": it must be an object`}},
		{`{"project": "ec", "blue": {"asg_name": "a"}, "Wait": null}`, []string{`$.Wait is null`}},
		{`{"project": "ec", "blue": {"asg_name": "a"}, "green": {"image": {"id": "ami-12345678", "parameter": "/a"}}}`, []string{
			`$.green.image is {"id":"ami-12345678","parameter":"/a"}: it must be an object with exactly one of "id", "parameter", "build"`}},
		{`{"project": "ec", "blue": {"asg_name": "a"}, "green": {"image": {}}}`, []string{`$.green.image is {}: it must be an object with exactly one of "id", "parameter", "build"`}},
		{`{"project": "ec", "blue": {"asg_name": "a"}, "green": {"image": {"build": {}}}}`, []string{`$.green.image.build.commands is missing`}},
		{`{"project": "ec", "blue": {"asg_name": "a"}, "green": {"image": {"build": {"commands": ["true", ""], "timeout_seconds": 299, "reboot": "no", "name": "a b", "cmds": 1}}}}`, []string{
			`5 problems`, `$.green.image.build.commands[1] is ""`, `$.green.image.build.timeout_seconds is 299: it must be a whole number of seconds from 300 to 18000`,
			`$.green.image.build.reboot is "no": it must be true or false`, `$.green.image.build.name is "a b"`, `$.green.image.build.cmds is not a known field`}},
		{`{"project": "ec", "blue": {"asg_name": "a"}, "green": {"image": {"id": "ami-12345678", "build": {"commands": ["true"]}}}}`, []string{
			`it must be an object with exactly one of "id", "parameter", "build"`}},
		{`{"project": "ec", "blue": {"asg_name": "a"}, "action": "rollback", "green": {"image": {"build": {"commands": ["true"]}}}}`, []string{
			`$.green says how a copy differs from blue, and action "rollback" makes no copy: leave it out`}},
		{`{"project": "ec", "blue": {"asg_name": "a"}, "green": {"image": {"id": "ami-1"}, "launch_template_version": "latest", "instance_type": "large"}}`, []string{
			`3 problems`, `$.green.image.id is "ami-1": it must be an image's id`, `$.green.launch_template_version is "latest": it must be a version's number, "$Latest" or "$Default"`,
			`$.green.instance_type is "large": it must be an instance type`,
		}},
		{`{"project": "ec", "blue": {"asg_name": "a"}, "green": {"user_data": "` + strings.Repeat("é", 8193) + `"}}`, []string{
			`it must be a text of 1 to 16,384 bytes (it has 16386 bytes)`}},
		{`{"project": "ec", "blue": {"asg_name": "a"}, "action": "rollback", "green": {"instance_type": "m7g.large"}}`, []string{
			`$.green says how a copy differs from blue, and action "rollback" makes no copy: leave it out`}},
	}
	for _, test := range tests {
		_, err := deploy.ParseRequest(json.RawMessage(test.input))
		var f *fault.Error
		if !errors.As(err, &f) || f.Name != fault.BadRequest {
			t.Errorf("%s: got %v", test.input, err)
			continue
		}
		for _, want := range test.want {
			if !strings.Contains(f.Message, want) {
				t.Errorf("%s:\n  got  %s\n  want %s", test.input, f.Message, want)
			}
		}
	}
}

func TestWhatGreenHasOtherwise(t *testing.T) {
	for input, want := range map[string]deploy.Green{
		`{}`: {},
		`{"launch_template_version": "7", "image": {"id": "ami-12345678"}, "instance_type": "m7g.large", "user_data": "#!/bin/sh\necho ok\n"}`: {
			TemplateVersion: "7", ImageID: "ami-12345678", InstanceType: "m7g.large", UserData: "#!/bin/sh\necho ok\n"},
		`{"launch_template_version": "$Default", "image": {"parameter": "/ec/image:live"}}`: {TemplateVersion: "$Default", ImageParameter: "/ec/image:live"},
		`{"image": {"build": {"commands": ["make install"]}}}`:                              {Build: &deploy.Build{Commands: []string{"make install"}, TimeoutSeconds: 7200, Reboot: true}},
		`{"image": {"build": {"commands": ["a", "b"], "timeout_seconds": 300, "reboot": false, "user_data": true, "reuse": true, "name": "shop"}}}`: {Build: &deploy.Build{
			Commands: []string{"a", "b"}, TimeoutSeconds: 300, UserData: true, Reuse: true, Name: "shop"}},
	} {
		got, err := deploy.ParseRequest(json.RawMessage(`{"project": "ec", "blue": {"asg_name": "a"}, "green": ` + input + `}`))
		if err != nil || !reflect.DeepEqual(got.Green, want) {
			t.Errorf("%s: %+v, %v", input, got.Green, err)
		}
	}
}

func TestGreenNames(t *testing.T) {
	tests := []struct {
		group, lineage string
		n              int
		ok             bool
	}{
		{"ec-mqagt-dev-asg-v001", "ec-mqagt-dev-asg", 1, true},
		{"ec-mqagt-dev-asg-v1000", "ec-mqagt-dev-asg", 1000, true},
		{"ec-mqagt-dev-asg-v0001", "", 0, false},
		{"ec-mqagt-dev-asg-v01", "", 0, false},
		{"ec-mqagt-dev-asg", "", 0, false},
		{"-v001", "", 0, false},
	}
	for _, test := range tests {
		lineage, n, ok := deploy.SplitName(test.group)
		if lineage != test.lineage || n != test.n || ok != test.ok {
			t.Errorf("%s: got %q, %d, %t", test.group, lineage, n, ok)
		}
		if ok && deploy.GreenName(lineage, n) != test.group {
			t.Errorf("%s does not come back", test.group)
		}
	}
}

// What no request may say is passed on to nobody; what it may say is, be the rest as wrong as it likes.
func TestAskedIsWhatARequestMaySay(t *testing.T) {
	for input, want := range map[string][3]string{
		`{"project": "ec", "blue": {"asg_name": "a"}}`:                                                                      {"ec", "a", "deploy"},
		`{"project": "ec", "blue": {"asg_name": "a"}, "action": "recover", "more": [[[[1]]]]}`:                              {"ec", "a", "recover"},
		`{"project": "ec", "blue": {"asg_name": "a"}, "action": "rolback"}`:                                                 {"ec", "a", ""},
		`{"project": 7, "blue": "a", "action": {}}`:                                                                         {"", "", ""},
		`{"project": "` + strings.Repeat("p", 130_000) + `", "blue": {"asg_name": "` + strings.Repeat("a", 130_000) + `"}}`: {"", "", "deploy"},
		`["not even an object"]`:                                 {"", "", ""},
		`{"project": "a\nb\u001b", "blue": {"asg_name": "a b"}}`: {`a b\u001b`, "", "deploy"},
	} {
		project, group, action := deploy.Asked(json.RawMessage(input))
		if got := [3]string{project, group, string(action)}; got != want {
			t.Errorf("%.80s: %.80q, want %q", input, got, want)
		}
	}
}

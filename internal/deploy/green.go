package deploy

import (
	"fmt"

	"bluegreen/internal/form"
)

// Green is what green is to have otherwise than blue. What is empty is as blue has it.
type Green struct {
	TemplateVersion string // of blue's launch template: a number, $Latest or $Default
	ImageID         string
	ImageParameter  string // of Systems Manager, that holds an image's id: its name or ARN, with a version or label behind a colon or without
	InstanceType    string
	UserData        string // as instances run it, not encoded
	Build           *Build // of an image; nil: none is built
}

// longestUserData is what EC2 takes, in bytes before they are encoded.
const longestUserData = 16 * 1024

func (g *Green) form(build *Build) form.Object {
	return form.Object{
		form.Optional("launch_template_version", "The version of blue's launch template that green launches from. Default: the one that blue names; $Latest and $Default stand for what they mean when the deployment begins.",
			shaped(&g.TemplateVersion, `^([1-9][0-9]{0,17}|\$Latest|\$Default)$`, `a version's number, "$Latest" or "$Default"`)),
		form.Optional("image", "The image that green's instances are launched from. Default: that of blue's template.", form.One{
			form.Optional("id", "An image's id.", shaped(&g.ImageID, `^ami-([0-9a-f]{8}|[0-9a-f]{17})$`, `an image's id, such as "ami-0abcdef1234567890"`)),
			form.Optional("parameter", "A parameter of Systems Manager that holds an image's id, by name or ARN, with :version or :label behind it or without. It is read when the deployment begins.",
				shaped(&g.ImageParameter, `^[a-zA-Z0-9_./:-]{1,1000}$`, `a parameter's name or ARN, such as "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-arm64"`)),
			form.Optional("build", "Makes the image: runs commands on a builder, an instance of its own that is launched from what blue launches from, and makes an image of it. "+
				"The deployer's build_images must allow it.", build.form()),
		}),
		form.Optional("instance_type", "The type of green's instances. Default: that of blue's template.",
			shaped(&g.InstanceType, `^[a-z0-9-]{1,40}\.[a-z0-9-]{1,40}$`, `an instance type, such as "m7g.large"`)),
		form.Optional("user_data", "What green's instances run when they start, as they run it: not encoded. Default: that of blue's template.",
			form.Shaped{Pattern: `^[\s\S]+$`, Shape: "a text of 1 to 16,384 bytes", Parse: func(s string) error {
				if len(s) > longestUserData {
					return fmt.Errorf("it has %d bytes", len(s))
				}
				g.UserData = s
				return nil
			}}),
	}
}

func (b *Build) form() form.Object {
	return form.Object{
		form.Required("commands", "Shell lines that are run on the builder as root, through Systems Manager, one after the other, each in a shell of its own. One that fails ends the deployment.",
			form.List[string]{Into: &b.Commands, Min: 1, Max: 50, Item: func(line *string) form.Form { return form.Text{Into: line, Min: 1, Max: 2000, Tabs: true} }}),
		form.Optional("timeout_seconds", "How long commands and image may take together; of it the commands take an hour at most, and the image four.",
			form.Whole{Into: &b.TimeoutSeconds, Min: 300, Max: 18000, Unit: "seconds"}),
		form.Optional("reboot", "Whether EC2 reboots the builder for the image. Without it, what is not on its disks yet is not in the image.", form.YesNo{Into: &b.Reboot}),
		form.Optional("user_data", "Whether the builder runs the user data of what blue launches from. Default: it runs none, so that a worker's builder takes no jobs.", form.YesNo{Into: &b.UserData}),
		form.Optional("reuse", "Whether an image is taken that an earlier deployment has made of the same: from the same image, by the same commands. Default: one is made each time.", form.YesNo{Into: &b.Reuse}),
		form.Optional("name", "What the image is called; a mark of the deployment comes behind it. Default: green's name.",
			shaped(&b.Name, `^[a-zA-Z0-9()./_-]{3,100}$`, `3 to 100 letters, digits and characters of ().-/_, such as "shop-web"`)),
	}
}

func shaped(into *string, pattern, shape string) form.Shaped {
	return form.Shaped{Pattern: pattern, Shape: shape, Parse: func(s string) error {
		*into = s
		return nil
	}}
}

// idle finds that something is asked of a copy where none is made.
func (g Green) idle(action Action, problems *form.Problems) {
	if g != (Green{}) && action != ActionDeploy && action != ActionPlan {
		problems.Add(`$.green says how a copy differs from blue, and action %q makes no copy: leave it out`, action)
	}
}

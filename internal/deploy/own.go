package deploy

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"
)

// Own is the launch template, or launch configuration, that is made for green alone: it holds what green has otherwise than the
// template of people's that it comes from. Nobody else launches from it, and it goes when its group goes.
type Own struct {
	Name string `json:"name,omitempty"` // known when green's is

	Configuration bool      `json:"configuration,omitempty"` // a copy of a launch configuration; a template where the account makes no configurations
	Origin        *Template `json:"origin,omitempty"`        // the template of people's that it comes from, as it was resolved; nil: a configuration

	ImageID      string `json:"image_id,omitempty"` // that green has otherwise; empty: as what it is made from
	RootDevice   string `json:"root_device,omitempty"`
	Built        bool   `json:"built,omitempty"`     // a deployment has made the image, or this one makes it: then it has no id yet
	Parameter    string `json:"parameter,omitempty"` // that the image's id was read from, with its version
	InstanceType string `json:"instance_type,omitempty"`
	UserData     bool   `json:"user_data,omitempty"` // the request's, which every call has

	Asked bool `json:"asked,omitempty"` // a request asked for it, this one or one before: the next deployment copies it
}

// longestOwnName is what AWS takes as a launch template's name, of characters that are fewer than those of a group's (aws-facts H7).
const longestOwnName = 128

// OwnName is the name of what a deployment makes for its green to launch from: the group's, as far as it may be one, with a sum that
// no other deployment has. What has this name is the deployment's.
func OwnName(green, execution string) string {
	name := strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("().-/_", r) {
			return r
		}
		return '-'
	}, green)
	sum := sha256.Sum256([]byte(green + " " + execution))
	mark := "-" + hex.EncodeToString(sum[:4])
	return name[:min(len(name), longestOwnName-len(mark))] + mark
}

// Is reports whether a launch template or configuration of this name is the own one; o may be nil.
func (o *Own) Is(name string) bool { return o != nil && o.Name != "" && o.Name == name }

// String says what of green is otherwise, to stand behind the word copy; nothing of nil.
func (o *Own) String() string {
	if o == nil {
		return ""
	}
	var said []string
	switch {
	case o.ImageID == "" && o.Built:
		said = append(said, "from an image that is built first")
	case o.Built:
		said = append(said, "from image "+o.ImageID+" (built before)")
	case o.ImageID != "" && o.Parameter != "":
		said = append(said, "from image "+o.ImageID+" (parameter "+o.Parameter+")")
	case o.ImageID != "":
		said = append(said, "from image "+o.ImageID)
	}
	if o.InstanceType != "" {
		said = append(said, "of type "+o.InstanceType)
	}
	if o.UserData {
		said = append(said, "with the request's user data")
	}
	if len(said) == 0 {
		return ""
	}
	return " " + strings.Join(said, ", ")
}

package deploy

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"time"
)

// Build is the image that is to be made for green on a builder, an instance of its own.
type Build struct {
	Commands       []string // shell lines that are run on the builder one after the other, each in a shell of its own
	TimeoutSeconds int      // for commands and image together
	Reboot         bool     // EC2 reboots the builder for the image, so that what is on its disks is whole
	UserData       bool     // the builder runs the user data of what blue launches from
	Reuse          bool     // an image that was made of the same before is taken
	Name           string   // of the image, before a mark that makes it this deployment's; empty: green's
}

// defaultBuild is a build of which a request gives nothing but the commands.
func defaultBuild() Build { return Build{TimeoutSeconds: 7200, Reboot: true} }

// The parts of a build's time (TimeoutSeconds bounds them together).
const (
	ReachSeconds     = 600      // a builder's agent may take to answer
	MostRunSeconds   = 3600     // the commands may take
	MostImageSeconds = 4 * 3600 // the image may take
)

// Inputs is a sum of what an image is made of: the image that it is made from, and what is run on it. What is made of the same is
// taken for the same image (Reuse).
func (b Build) Inputs(source string) string {
	encoded, _ := json.Marshal([]any{source, b.Commands, b.UserData, b.Reboot}) // plain data
	sum := sha256.Sum256(encoded)
	return hex.EncodeToString(sum[:16])
}

// Runs is how long the commands may take, all of them.
func (b Build) Runs() time.Duration {
	return time.Duration(min(b.TimeoutSeconds, MostRunSeconds)) * time.Second
}

// Makes is how long the image may take that is asked for when the commands have run for a while.
func (b Build) Makes(ran time.Duration) time.Duration {
	return min(time.Duration(b.TimeoutSeconds)*time.Second-ran, MostImageSeconds*time.Second)
}

// Making is the image that a deployment makes before it creates green: what was decided of it when it was described, and the names
// that it has from when the lock is taken. What is run is the request's, which every call has.
type Making struct {
	Name    string   `json:"name,omitempty"`    // of the image; until green has its name: what the request calls it
	Builder string   `json:"builder,omitempty"` // name of the launch template that the builder is launched from
	Source  string   `json:"source"`            // id of the image that the builder is launched with
	Inputs  string   `json:"inputs"`            // Build.Inputs
	Type    string   `json:"type"`              // of the builder
	Subnets []string `json:"subnets,omitempty"` // where the builder may be launched, one after the other; none: where EC2 does
}

// From is the image that it is made from; empty of nil.
func (m *Making) From() string {
	if m == nil {
		return ""
	}
	return m.Source
}

// Unbuilt reports whether green's image is to be made first, and is not made yet: green does not exist either.
func (d Deployment) Unbuilt() bool { return d.Build != nil && (d.Own == nil || d.Own.ImageID == "") }

// Named is the same with the names that no other deployment has.
func (m Making) Named(green, execution string) *Making {
	m.Name = OwnName(cmp.Or(m.Name, green), execution)
	m.Builder = OwnName(green+"-builder", execution)
	return &m
}

// BuilderToken is what makes a launch of a builder one launch, however often it is asked for: that of one attempt. EC2 takes 64
// characters.
func BuilderToken(execution string, attempt int) string {
	sum := sha256.Sum256([]byte("builder " + execution))
	return fmt.Sprintf("bluegreen-%s-%d", hex.EncodeToString(sum[:16]), attempt)
}

// TagBuilder is the tag that builders bear besides: the lineage. Commands are sent to what has it, and nothing else is ended.
const TagBuilder = "bluegreen:builder"

package scenario

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/cockroachdb/datadriven"

	"bluegreen/internal/localaws/account"
	localssm "bluegreen/internal/localaws/ssm"
)

// scripted is how scripts that hold a text go.
type scripted struct {
	text string
	as   localssm.Behaviour
}

// commands says how scripts that hold the text match= go on every instance from now on: commands match=(make test) takes=20s exit=1
// hang, with what they write below it; and what they do to their instance when they end: version=2.0 (of the application; an image
// takes it along), breaks (the application, for good), powers-off. Of several that match the last one said counts.
func (s *Script) commands(_ context.Context, d *datadriven.TestData) (string, error) {
	as, err := behaviour(d)
	if err != nil {
		return "", err
	}
	as.Output = d.Input
	if as.Output != "" {
		as.Output += "\n"
	}
	as.Breaks, as.PowerOff = flag(d, "breaks"), flag(d, "powers-off")
	if version := argument(d, "version", ""); version != "" {
		as.Leaves = map[string]string{versionFile: version}
	}
	text := argument(d, "match", "")
	if text == "" {
		return "", fmt.Errorf("commands needs match=: a text of the scripts that it is about")
	}
	s.scripts = append([]scripted{{text, as}}, s.scripts...)
	s.behave()
	return "", nil
}

// versionFile is the file on an instance's disk with the version of its application.
const versionFile = "version"

// behaviour is how a script goes by takes=20s exit=1 hang.
func behaviour(d *datadriven.TestData) (as localssm.Behaviour, err error) {
	takes, err := time.ParseDuration(argument(d, "takes", "1s"))
	if err != nil {
		return as, err
	}
	as.Duration, as.Hang = account.Constant(takes), flag(d, "hang")
	as.Exit, err = integer(d, "exit", 0)
	return as, err
}

// behave has scripts go as the scenario has said.
func (s *Script) behave() {
	s.r.AWS.Account.Lock()
	defer s.r.AWS.Account.Unlock()
	as := s.drainsGo
	if len(s.scripts) > 0 {
		as.Decide = func(script string, _ map[string]string) localssm.Behaviour {
			for _, each := range s.scripts {
				if strings.Contains(script, each.text) {
					return each.as
				}
			}
			return s.drainsGo
		}
	}
	s.r.AWS.Commands.SetBehaviour("", as)
}

package deploy

import (
	"crypto/sha256"
	"encoding/hex"
	"strconv"
	"strings"
)

// Machine is a state machine that deploys, by the end of its name: <project>-<role>-<environment>-<machine>.
type Machine string

// The machines.
const (
	BlueGreen Machine = "BlueGreen" // replaces a group by a copy
	InPlace   Machine = "InPlace"   // replaces the instances of a group, which stays
)

// Machines are all of them.
var Machines = []Machine{BlueGreen, InPlace}

// Machine is the machine that an execution is of. What is asked outside of an execution is asked of BlueGreen.
func (e Execution) Machine() Machine {
	for _, m := range Machines {
		if strings.HasSuffix(MachineOf(e.ID), "-"+string(m)) {
			return m
		}
	}
	return BlueGreen
}

// Other is the name of another machine of the same deployer.
func (e Execution) Other(m Machine) string {
	own := ExecutionName(MachineOf(e.ID))
	place, ok := strings.CutSuffix(own, "-"+string(e.Machine()))
	if !ok {
		return "<project>-<role>-<environment>-" + string(m)
	}
	return place + "-" + string(m)
}

// LaunchToken is PlaceToken of a launch, by its place in the record.
func (d Deployment) LaunchToken(n int) string { return d.PlaceToken(strconv.Itoa(n)) }

// PlaceToken makes what a deployment in place asks EC2 for one thing, however often it is asked for. EC2 takes 64 characters.
func (d Deployment) PlaceToken(what string) string {
	sum := sha256.Sum256([]byte("in place " + d.Execution))
	return "bluegreen-" + hex.EncodeToString(sum[:16]) + "-" + what
}

// TagInPlace is the tag that instances bear which a deployment in place has launched: the lineage. Of what is in no group nothing else is ended.
const TagInPlace = "bluegreen:in-place"

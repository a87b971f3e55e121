// Package fault holds the closed set of error names that a deployment can end with, and the one error type that
// carries them from the place where something went wrong to the state machine.
package fault

import "fmt"

// Name is an error name as the state machine sees it, in ErrorEquals and in an execution's Error.
type Name string

// The names. Each says whose turn it is: the caller's, AWS's, green's, an operator's or ours.
const (
	BadRequest          Name = "BlueGreen.BadRequest"          // the request is wrong; nothing was touched
	NotReady            Name = "BlueGreen.NotReady"            // blue cannot be replaced as it stands; nothing was touched
	Conflict            Name = "BlueGreen.Conflict"            // another deployment holds the lineage
	Forbidden           Name = "BlueGreen.Forbidden"           // the operators' guardrails do not allow it; nothing was touched
	BadGuardrails       Name = "BlueGreen.BadGuardrails"       // the guardrails cannot be read, so nothing is allowed; nothing was touched
	Throttled           Name = "BlueGreen.Throttled"           // AWS asks for patience
	Unavailable         Name = "BlueGreen.Unavailable"         // AWS fails or is busy with the resource; again may help
	AccessDenied        Name = "BlueGreen.AccessDenied"        // the function's role lacks a permission, or IAM did not see it for a minute
	Refused             Name = "BlueGreen.Refused"             // AWS refuses a call for good
	BuildFailed         Name = "BlueGreen.BuildFailed"         // the image that green was to be launched from could not be made
	CapacityUnavailable Name = "BlueGreen.CapacityUnavailable" // EC2 has no instances to give
	GreenUnhealthy      Name = "BlueGreen.GreenUnhealthy"      // green did not become healthy in time
	TrafficDiverged     Name = "BlueGreen.TrafficDiverged"     // targets do not follow in time, or others stand in the way: blue attached elsewhere, blue or green deleted, a minimum that comes back
	AlarmRang           Name = "BlueGreen.AlarmRang"           // an alarm that the request names rings while traffic moves, or blue stands by
	Aborted             Name = "BlueGreen.Aborted"             // a person has said that the deployment is to be sent back
	Unapproved          Name = "BlueGreen.Unapproved"          // nobody has said in time that traffic may move, which the request wants
	DrainExpired        Name = "BlueGreen.DrainExpired"        // a fleet did not become empty in time
	DrainImpossible     Name = "BlueGreen.DrainImpossible"     // nothing would hold blue's instances while they drain, which was promised
	Bug                 Name = "BlueGreen.Bug"                 // a mistake of ours
)

// Names is the whole set.
var Names = []Name{
	BadRequest, NotReady, Conflict, Forbidden, BadGuardrails, Throttled, Unavailable, AccessDenied, Refused, BuildFailed, CapacityUnavailable, GreenUnhealthy,
	TrafficDiverged, AlarmRang, Aborted, Unapproved, DrainExpired, DrainImpossible, Bug,
}

// Error is a fault: its name for the machine, its message for a person. The message says what is wrong, where, and
// what would be right.
type Error struct {
	Name    Name
	Message string
	Err     error // what caused it, if anything
}

// New returns a fault with a formatted message; an error among args that is formatted with %w is its cause.
func New(name Name, format string, args ...any) *Error {
	err := fmt.Errorf(format, args...)
	cause, _ := err.(interface{ Unwrap() error })
	f := &Error{Name: name, Message: err.Error()}
	if cause != nil {
		f.Err = cause.Unwrap()
	}
	return f
}

func (e *Error) Error() string { return e.Message }

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.Err }

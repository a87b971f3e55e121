package actions

import (
	"slices"
	"strings"

	"bluegreen/internal/deploy"
)

// A function under way runs the version of the release that began its execution, but under the role as it is now: roles
// have no versions. So a role keeps for one release what the release before needed. released.go says what that is.

// ReleasedScope is the scope that released.go is written in.
func ReleasedScope() Scope {
	s := Standard("PARTITION", "REGION", "ACCOUNT", "PROJECT", "ROLE", "ENVIRONMENT")
	s.Records = []deploy.Record{{Zone: "ZONE", Name: "NAME"}}
	return s
}

// allowed reports whether the statement of a Sid allowed an action.
func allowed(before []Statement, sid, action string) bool {
	return slices.ContainsFunc(before, func(s Statement) bool { return s.Sid == sid && slices.Contains(s.Actions, action) })
}

// kept begins the Sids of statements that are kept.
const kept = "Kept"

// IsKept reports whether no function needs the statement of a Sid any more: it is for executions that the release before
// began.
func IsKept(sid string) bool { return strings.HasPrefix(sid, kept) }

// keep names a statement that is kept.
func (s Statement) keep() Statement {
	s.Sid, s.Why = kept+s.Sid, "kept for executions under way that the release before began: "+s.Why
	return s
}

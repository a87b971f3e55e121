package invariant

import (
	"bluegreen/internal/localaws/iam"
	"bluegreen/internal/localaws/wire"
)

// denied holds promise 7: what the model of IAM denies, by the policies of the synthesised template, no function may ask for.
func (w *Watcher) denied(call *wire.Call, request iam.Request) {
	if state, ours := w.states[call.Principal.Function]; ours {
		w.breaks(7, "%s may not %s on %s, which %s:%s takes", state, request.Action, request.Resource, call.Service, call.Operation)
	}
}

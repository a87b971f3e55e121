package lambda

import (
	"fmt"
	"strings"
	"sync"

	"bluegreen/internal/localaws/wire"
)

// callers are the invocations under way by the access key id that signs their AWS calls. It has a lock of its own, so
// that the endpoint may ask about a caller wherever it stands.
type callers struct {
	mu    sync.Mutex
	byKey map[string]*invoke
}

func (c *callers) add(inv *invoke) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.byKey[inv.AccessKeyID] = inv
}

func (c *callers) remove(inv *invoke) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.byKey[inv.AccessKeyID] == inv {
		delete(c.byKey, inv.AccessKeyID)
	}
}

func (c *callers) find(accessKeyID string) (*invoke, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	inv, ok := c.byKey[accessKeyID]
	return inv, ok
}

// Kill ends the invocation whose AWS calls are signed with accessKeyID as the kernel would end its process; its
// invoker gets Runtime.ExitError. It reports whether such an invocation runs. It may be called with or without the
// account's lock.
func (f *Functions) Kill(accessKeyID string) bool {
	inv, ok := f.callers.find(accessKeyID)
	if !ok {
		return false
	}
	inv.dead.Store(true)
	f.acct.Clock.Go(func() {
		f.acct.Lock()
		defer f.acct.Unlock()
		if inv.function.code != nil {
			f.answer(inv, failed(exitFailure(inv.RequestID, killed)))
		} else {
			inv.env.kill()
		}
	})
	return true
}

// Principal returns who signs with accessKeyID, when that is an invocation under way: the session of its function's
// role. It may be called with or without the account's lock.
func (f *Functions) Principal(accessKeyID string) (wire.Principal, bool) {
	inv, ok := f.callers.find(accessKeyID)
	if !ok {
		return wire.Principal{}, false
	}
	role := inv.function.role[strings.LastIndexByte(inv.function.role, '/')+1:]
	return wire.Principal{
		ARN:      fmt.Sprintf("arn:aws:sts::%s:assumed-role/%s/%s", f.acct.ID, role, inv.FunctionName),
		UserID:   "AROA" + accessKeyID[4:] + ":" + inv.FunctionName,
		Role:     role,
		Function: inv.FunctionName,
	}, true
}

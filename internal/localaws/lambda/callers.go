package lambda

import "sync"

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

// CallerFunction returns the name and the request id of the invocation whose AWS calls are signed with accessKeyID. It
// may be called with or without the account's lock.
func (f *Functions) CallerFunction(accessKeyID string) (functionName, requestID string, ok bool) {
	inv, ok := f.callers.find(accessKeyID)
	if !ok {
		return "", "", false
	}
	return inv.FunctionName, inv.RequestID, true
}

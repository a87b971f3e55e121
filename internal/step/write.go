package step

import (
	"context"

	"bluegreen/internal/ledger"
)

// Writes holds a client that writes to AWS. Nothing gives it out: Write makes one call of it at a time.
type Writes[C any] struct{ client C }

// Guard puts a client that writes behind the fence.
func Guard[C any](client C) Writes[C] { return Writes[C]{client} }

// Write makes one call that writes to AWS, if the fence's execution holds the lock at one of its stages at this moment;
// otherwise nothing is written, and it is a Conflict. So a function that outlived its task writes nothing. The call is a
// method of the client's interface: Write(ctx, h.writes, fence, writes.SuspendProcesses, input).
func Write[C, In, Out, Options any](ctx context.Context, w Writes[C], fence ledger.Fence,
	call func(C, context.Context, *In, ...func(*Options)) (*Out, error), input *In) (*Out, error) {
	if _, err := fence.Check(ctx); err != nil {
		return nil, err
	}
	return call(w.client, ctx, input)
}

package rehearsal

import (
	"context"
	"fmt"

	"bluegreen/internal/localaws/sns"
	"bluegreen/internal/localaws/world"
)

// Subscribe confirms the operator's subscription, as the operator does who reads the mail that asks for it.
func (r *Rehearsal) Subscribe(ctx context.Context, seeded world.World) error {
	for _, mail := range r.Mailbox(seeded.Operator) {
		if err := (world.Seeder{Config: r.Config, Clock: r.Clock}).Confirm(ctx, seeded, mail.Token); err != nil {
			return fmt.Errorf("confirming the subscription of %s: %w", seeded.Operator, err)
		}
	}
	return nil
}

// Mailbox are the mails that an address was sent, the first one first.
func (r *Rehearsal) Mailbox(address string) []sns.Mail {
	r.AWS.Account.Lock()
	defer r.AWS.Account.Unlock()
	return r.AWS.Topics.Mailbox(address)
}

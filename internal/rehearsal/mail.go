package rehearsal

import (
	"context"
	"fmt"
	"strings"

	"github.com/cockroachdb/datadriven"

	"bluegreen/internal/localaws/sns"
	"bluegreen/internal/localaws/world"
)

// subscribe confirms the operator's subscription, as the operator does who reads the mail that asks for it.
func (r *Rehearsal) subscribe(ctx context.Context, seeded world.World) error {
	for _, mail := range r.mailbox(seeded.Operator) {
		if err := (world.Seeder{Config: r.config, Clock: r.clock}).Confirm(ctx, seeded, mail.Token); err != nil {
			return fmt.Errorf("confirming the subscription of %s: %w", seeded.Operator, err)
		}
	}
	return nil
}

func (r *Rehearsal) mailbox(address string) []sns.Mail {
	r.AWS.Account.Lock()
	defer r.AWS.Account.Unlock()
	return r.AWS.Topics.Mailbox(address)
}

// mail tells the subjects of what the operator was sent since it looked last; with text, what was in it, too.
func (s *Script) mail(_ context.Context, d *datadriven.TestData) (string, error) {
	all := s.r.mailbox(s.r.World.Operator)
	var b strings.Builder
	for _, mail := range all[min(s.mailRead, len(all)):] {
		if mail.Token != "" {
			continue
		}
		b.WriteString(s.plain(mail.Subject) + "\n")
		if flag(d, "text") {
			body, _, _ := strings.Cut(mail.Body, "\n\n--\n")
			for line := range strings.Lines(strings.TrimSpace(s.plain(body))) {
				b.WriteString(strings.TrimRight("    "+line, " \n") + "\n")
			}
		}
	}
	s.mailRead = len(all)
	if b.Len() == 0 {
		return "no mail\n", nil
	}
	return b.String(), nil
}

package scenario

import (
	"context"
	"strings"

	"github.com/cockroachdb/datadriven"
)

// mail tells the subjects of what the operator was sent since it looked last; with text, what was in it, too.
func (s *Script) mail(_ context.Context, d *datadriven.TestData) (string, error) {
	all := s.r.Mailbox(s.r.World.Operator)
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

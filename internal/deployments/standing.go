package deployments

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	ddbtypes "github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"bluegreen/internal/awserror"
	"bluegreen/internal/deploy"
	"bluegreen/internal/ledger"
	"bluegreen/internal/text"
)

// Standing is how a lineage stands. Its JSON is what programs are promised: members are added, and none changes its meaning.
type Standing struct {
	Group      string      `json:"group"` // that was asked for
	Lineage    string      `json:"lineage"`
	At         time.Time   `json:"at"`      // when it was read
	Machine    string      `json:"machine"` // name
	Table      string      `json:"ledger_table"`
	Live       string      `json:"live,omitempty"`     // group that serves, by the record; empty: not known
	Serves     string      `json:"serves"`             // who serves now, in a sentence
	Previous   string      `json:"previous,omitempty"` // group that stands by for a rollback
	Holder     *Holder     `json:"holder,omitempty"`   // what holds the lineage's lock
	Fleets     []Fleet     `json:"fleets"`
	Deployment *Deployment `json:"deployment,omitempty"` // that holds the lock, else the last one
	Unread     string      `json:"unread,omitempty"`     // why the record could not be read
	Advice     string      `json:"advice"`               // what to do, in a sentence
	Next       []string    `json:"next,omitempty"`       // commands

	place string // project of the machine's name
}

// Holder is the execution that holds a lineage's lock.
type Holder struct {
	Execution string    `json:"execution"` // ARN
	Since     time.Time `json:"since"`
	Stage     string    `json:"stage"`          // how far the record says that it is
	Left      []string  `json:"left,omitempty"` // what it leaves if it goes no further
}

// Status reads how the lineage of a group stands; now is when.
func (r Reader) Status(ctx context.Context, group string, now time.Time) (Standing, error) {
	m, err := r.MachineOf(ctx, group)
	if err != nil {
		return Standing{}, err
	}
	s := Standing{Group: group, Lineage: deploy.LineageOf(group), Machine: m.Name, Table: m.Ledger(), Serves: "who serves is not known"}
	s.place, _, _ = strings.Cut(m.Place(), "-")
	record, err := r.record(ctx, &s)
	if err != nil {
		return s, err
	}
	if err := r.current(ctx, &s, m, now); err != nil {
		return s, err
	}
	names := []string{group, s.Lineage, s.Live, s.Previous}
	if record.Lock != nil {
		names = append(names, record.Lock.Deployment.Blue, record.Lock.Deployment.Green)
	}
	if d := s.Deployment; d != nil {
		names = append(names, d.Blue, d.Green)
	}
	if s.Fleets, err = r.fleets(ctx, names...); err != nil {
		return s, err
	}
	if len(s.Fleets) == 0 && record.Lineage == "" {
		return s, r.noGroup(ctx, group)
	}
	for n := range s.Fleets {
		s.Fleets[n].Serves = s.Fleets[n].Name == s.Live
	}
	s.At = now
	if d := s.Deployment; d != nil {
		s.At = later(now, d.Began.Add(time.Duration(d.Seconds)*time.Second))
	}
	s.advise()
	return s, nil
}

// record takes in what the ledger remembers of the lineage. One that may not be read holds nothing up.
func (r Reader) record(ctx context.Context, s *Standing) (ledger.Record, error) {
	table := ledger.Open(r.config, s.Table)
	record, found, err := table.Get(ctx, s.Lineage)
	if err == nil && !found && s.Lineage != s.Group {
		record, found, err = table.Get(ctx, s.Group) // a first blue may be called like a copy
	}
	var none *ddbtypes.ResourceNotFoundException
	switch {
	case ctx.Err() != nil:
		return record, ctx.Err()
	case errors.As(err, &none):
		s.Unread = fmt.Sprintf("there is no table %s", s.Table)
		return record, nil
	case err != nil:
		s.Unread = awserror.Text(err)
		return record, nil
	case !found:
		s.Live, s.Serves = s.Group, s.Group+" serves" // it was never deployed: what was named serves
		return record, nil
	}
	s.Lineage, s.Live, s.Serves = record.Lineage, record.Live, record.Live+" serves"
	if record.Previous != nil {
		s.Previous = record.Previous.Name
	}
	if lock := record.Lock; lock != nil {
		s.Live, s.Serves = serving(record)
		s.Holder = &Holder{Execution: lock.Execution, Since: lock.Since, Stage: string(lock.Stage), Left: text.Lines(record.Left(lock.Execution))}
	}
	return record, nil
}

// serving is who serves while a deployment is under way: the group, and in a sentence.
func serving(r ledger.Record) (group, sentence string) {
	d := r.Lock.Deployment
	blue, green := cmp.Or(d.Blue, r.Live), d.Green
	switch r.Lock.Stage {
	case ledger.Switching:
		return blue, fmt.Sprintf("%s serves, and %s joins it", blue, green)
	case ledger.Leaving:
		return green, fmt.Sprintf("%s serves, and %s leaves", green, blue)
	case ledger.Restoring:
		return blue, fmt.Sprintf("traffic returns to %s from %s", blue, green)
	case ledger.Committed:
		return green, green + " serves"
	}
	return blue, blue + " serves"
}

// current reads the deployment that holds the lock, or else the last one: of a lock whose execution has ended it is the recovery that
// waits to take it over, where one runs.
func (r Reader) current(ctx context.Context, s *Standing, m Machine, now time.Time) error {
	if s.Holder != nil {
		d, err := r.Read(ctx, s.Holder.Execution, now)
		if s.Deployment = &d; err != nil || d.State == Running {
			return err
		}
	}
	last, err := r.listOf(ctx, m, s.Lineage, 1, now)
	if err != nil || len(last) == 0 || s.Holder != nil && last[0].State != Running {
		return err
	}
	d, err := r.Read(ctx, last[0].Execution, now)
	s.Deployment = &d
	return err
}

// advise says what to do.
func (s *Standing) advise() {
	d := s.Deployment
	recovery := "bluegreen recover " + text.Quote(s.Group)
	switch {
	case d == nil:
		s.Advice = "nothing: it was never deployed"
	case d.State == Running:
		s.Advice = "nothing: a deployment is under way; to watch it"
		s.Next = []string{"bluegreen status " + text.Quote(s.Group) + " --watch"}
	case s.Holder != nil && d.State == Stranded:
		s.Advice = "a person is needed: mend what it says, then let it try just that again, or have another execution recover what is left"
		s.Next = []string{"bluegreen redrive " + text.Quote(d.Name), recovery}
	case s.Holder != nil:
		s.Advice = "its execution has ended and still holds the lineage: have what it left finished or undone"
		s.Next = []string{recovery}
	case d.State == Rejected, d.State == RolledBack:
		s.Advice = "nothing is left of it; to see why"
		s.Next = []string{"bluegreen show " + text.Quote(d.Name)}
	default:
		s.Advice = "nothing"
		if s.Previous != "" {
			s.Advice = fmt.Sprintf("nothing; to go back to %s", s.Previous)
			s.Next = []string{"bluegreen rollback " + text.Quote(s.Group)}
		}
	}
}

// Lineages are the newest deployments of each lineage among the last ones, the newest first; now is when they are read.
func (r Reader) Lineages(ctx context.Context, now time.Time) ([]Deployment, error) {
	const among = 30
	all, err := r.List(ctx, "", among, now)
	newest := []Deployment{}
	seen := make(map[string]bool)
	for _, d := range all {
		if key := d.Machine + " " + d.Lineage; !seen[key] {
			seen[key] = true
			newest = append(newest, d)
		}
	}
	return newest, err
}

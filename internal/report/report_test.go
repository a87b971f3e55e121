package report_test

import (
	"bytes"
	"context"
	"encoding/json"
	"encoding/xml"
	"errors"
	"flag"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"bluegreen/internal/deployments"
	"bluegreen/internal/localaws"
	"bluegreen/internal/localaws/world"
	"bluegreen/internal/rehearsal"
	"bluegreen/internal/report"
)

var update = flag.Bool("update", false, "write what is expected into testdata")

// reported is the report of a deployment of the default fleet under a load, once it has ended.
func reported(t *testing.T, prepare func(*rehearsal.Rehearsal), request string) (r report.Report) {
	t.Helper()
	played, err := rehearsal.New(rehearsal.Options{Seed: 1, Plan: world.DefaultPlan()})
	if err != nil {
		t.Fatal(err)
	}
	defer played.Close()
	played.Run(func(ctx context.Context) {
		played.AWS.Account.Lock()
		played.AWS.Loads.OnListener(played.World.ListenerARN, localaws.Load{Requests: 1200})
		prepare(played)
		played.AWS.Account.Unlock()
		played.Wait(ctx, 2*time.Minute)
		var arn string
		if arn, err = played.Start(ctx, "told", request); err != nil {
			return
		}
		if _, err = played.AwaitEnd(ctx, arn, time.Hour); err != nil {
			return
		}
		played.Wait(ctx, 5*time.Minute)
		var d deployments.Deployment
		if d, err = deployments.New(played.Config, "").Read(ctx, arn, played.Clock.Now()); err == nil {
			r, err = report.Read(ctx, played.Config, d, played.Clock.Now())
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// What a report says are facts: who served when, what each fleet had, what people were told, what was called.
func TestSucceeded(t *testing.T) {
	r := reported(t, func(*rehearsal.Rehearsal) {}, `{"project": "ec", "blue": {"asg_name": "ec-mqagt-dev-asg"}, "reason": "a <b>newer</b> image"}`)
	if len(r.Unread) != 1 || !strings.HasPrefix(r.Unread[0], "the functions' calls: the execution told has no trace: ") {
		t.Errorf("not read: %v; want the trace alone, which a rehearsal has not", r.Unread)
	}
	if r.NoReturn == nil || !r.NoReturn.After(r.Began) || !r.NoReturn.Before(r.Until) {
		t.Errorf("the point of no return is %v", r.NoReturn)
	}
	wantAnswers := []report.Answer{{Blue: true}, {Blue: true, Green: true}, {Green: true, Draining: "blue"}, {Green: true}}
	for n, a := range r.Answers {
		if a.From = (time.Time{}); len(r.Answers) != len(wantAnswers) || a != wantAnswers[n] {
			t.Errorf("who takes requests: %+v", r.Answers)
			break
		}
	}
	if len(r.Fleets) != 2 {
		t.Fatalf("fleets: %+v", r.Fleets)
	}
	blue, green := r.Fleets[0].Counts, r.Fleets[1].Counts
	if first, last := blue[0], blue[len(blue)-1]; first.InService != 4 || last.InService+last.Terminating != 0 {
		t.Errorf("blue had %+v", blue)
	}
	if first, last := green[0], green[len(green)-1]; first.InService+first.Pending != 0 || last.InService != 4 {
		t.Errorf("green had %+v", green)
	}
	if sum := total(r); sum.Requests < 4000 || sum.Failed != 0 {
		t.Errorf("requests: %+v", r.Traffic)
	}
	var subjects []string
	for _, m := range r.Mails {
		subjects = append(subjects, m.Subject)
	}
	if got := strings.Join(subjects, "; "); got != "[ec] deployment started: ec-mqagt-dev-asg; [ec] traffic has moved: ec-mqagt-dev-asg; [ec] deployment succeeded: ec-mqagt-dev-asg" {
		t.Errorf("people were told %s", got)
	}
	if len(r.Calls) != len(r.Stages) {
		t.Errorf("calls %+v", r.Calls)
	}
	golden(t, "succeeded", r)
}

// A deployment that went back says so, and its failed requests are counted.
func TestRolledBack(t *testing.T) {
	sick := func(r *rehearsal.Rehearsal) {
		r.AWS.Compute.MarkImageSick(r.World.GreenImage)
		r.AWS.Loads.OnListener(r.World.ListenerARN, localaws.Load{Requests: 1200, Failing: 0.01})
	}
	r := reported(t, sick, `{"project": "ec", "blue": {"asg_name": "ec-mqagt-dev-asg"}, "health": {"timeout_seconds": 120}}`)
	if r.State != deployments.RolledBack || r.NoReturn != nil {
		t.Errorf("%s, point of no return %v", r.State, r.NoReturn)
	}
	if sum := total(r); sum.Failed < 10 {
		t.Errorf("requests: %+v", r.Traffic)
	}
	golden(t, "rolled-back", r)
}

// A request that names no fleet has a report, and none of the account's other groups is in it.
func TestRejected(t *testing.T) {
	r := reported(t, func(*rehearsal.Rehearsal) {}, `{"project": "ec", "blue": {"asg_name": "no-such-group"}}`)
	if r.State != deployments.Rejected || r.NoReturn != nil || len(r.Fleets)+len(r.Traffic) > 0 || len(r.Mails) != 1 || len(r.Answers) != 1 {
		t.Errorf("%+v", r)
	}
	var out bytes.Buffer
	if err := r.HTML(&out); err != nil || !strings.Contains(out.String(), "Rejected") || strings.Contains(out.String(), ">ec-mqagt-dev-asg<") {
		t.Errorf("%v\n%s", err, out.String())
	}
}

func total(r report.Report) (sum report.Minute) {
	for _, t := range r.Traffic {
		for _, m := range t.Minutes {
			sum.Requests, sum.Failed = sum.Requests+m.Requests, sum.Failed+m.Failed
		}
	}
	return sum
}

// golden holds page and picture of a report, as it was read when they were written, to those in testdata.
func golden(t *testing.T, name string, read report.Report) {
	t.Helper()
	kept := fixture(t, name, read)
	for kind, write := range map[string]func(io.Writer) error{".html": kept.HTML, ".svg": kept.SVG} {
		var out bytes.Buffer
		if err := write(&out); err != nil {
			t.Fatal(err)
		}
		for _, foreign := range []string{"<script", "<b>newer", "src=", "@import", "url(http"} {
			if strings.Contains(out.String(), foreign) {
				t.Errorf("%s%s has %q: it must need nothing else, and take nobody's text for its own", name, kind, foreign)
			}
		}
		if kind == ".svg" {
			wellFormed(t, out.Bytes())
		}
		path := filepath.Join("testdata", name+kind)
		if *update {
			if err := os.WriteFile(path, out.Bytes(), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		if want, err := os.ReadFile(path); err != nil || !bytes.Equal(out.Bytes(), want) {
			t.Errorf("%s is not what is written now (%v): look at it, and go test ./internal/report -update", path, err)
		}
	}
	wellFormed(t, []byte(kept.Chart()))
}

func fixture(t *testing.T, name string, read report.Report) (kept report.Report) {
	t.Helper()
	path := filepath.Join("testdata", name+".json")
	if *update {
		text, err := json.MarshalIndent(read, "", " ")
		if err == nil {
			err = os.WriteFile(path, append(text, '\n'), 0o644)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	text, err := os.ReadFile(path)
	if err == nil {
		err = json.Unmarshal(text, &kept)
	}
	if err != nil {
		t.Fatal(err)
	}
	return kept
}

func wellFormed(t *testing.T, text []byte) {
	t.Helper()
	for d := xml.NewDecoder(bytes.NewReader(text)); ; {
		if _, err := d.Token(); errors.Is(err, io.EOF) {
			return
		} else if err != nil {
			t.Fatal(err)
		}
	}
}

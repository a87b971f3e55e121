package capacity_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling/types"

	"bluegreen/internal/capacity"
	"bluegreen/internal/ledger"
)

// noon is a time on the day before the clocks of Berlin go back, on a Saturday.
var noon = time.Date(2026, 10, 24, 12, 0, 0, 0, time.UTC)

func TestNextRun(t *testing.T) {
	for _, c := range []struct{ recurrence, zone, after, want string }{
		{"0 8 * * *", "", "2026-10-24T08:00:00Z", "2026-10-25T08:00:00Z"},
		{"0 8 * * *", "Asia/Tokyo", "2026-10-24T08:00:00Z", "2026-10-24T23:00:00Z"},
		{"0 9 * * *", "Europe/Berlin", "2026-10-24T08:00:00Z", "2026-10-25T08:00:00Z"}, // 9 o'clock is an hour later from then on
		{"30 2 * * *", "Europe/Berlin", "2026-10-25T00:30:00Z", "2026-10-25T01:30:00Z"},
		{"0 0 * * 7", "", "2026-10-24T12:00:00Z", "2026-10-25T00:00:00Z"},
		{"0 0 * * SUN", "", "2026-10-24T12:00:00Z", "2026-10-25T00:00:00Z"},
		{"0 0 * * 5-7", "", "2026-10-24T12:00:00Z", "2026-10-25T00:00:00Z"},
		{"@hourly", "", "2026-10-24T12:00:00Z", ""},
		{"0 8 * *", "", "2026-10-24T12:00:00Z", ""},
		{"0 8 * * *", "Mars/Olympus", "2026-10-24T12:00:00Z", ""},
		{"0 0 30 2 *", "", "2026-10-24T12:00:00Z", ""},
	} {
		after, err := time.Parse(time.RFC3339, c.after)
		if err != nil {
			t.Fatal(err)
		}
		got, found := capacity.NextRun(c.recurrence, c.zone, after)
		if found != (c.want != "") || found && got.Format(time.RFC3339) != c.want {
			t.Errorf("%s %s after %s: %s %t, want %s", c.recurrence, c.zone, c.after, got, found, c.want)
		}
	}
}

// once and often are scheduled actions; sizes are min, max, desired, -1 is none.
func once(name string, in time.Duration, sizes ...int) ledger.Action {
	a := ledger.Action{Name: name, Next: noon.Add(in)}
	for i, into := range []**int{&a.Min, &a.Max, &a.Desired} {
		if i < len(sizes) && sizes[i] >= 0 {
			*into = &sizes[i]
		}
	}
	return a
}

func often(name, recurrence string, in time.Duration, sizes ...int) ledger.Action {
	a := once(name, in, sizes...)
	a.Recurrence = recurrence
	return a
}

// What scheduled actions were to do since the last look is what people want, in the order of their times; the rest waits.
func TestTake(t *testing.T) {
	ended := often("a", "*/5 * * * *", 5*time.Minute, 1)
	ended.End = aws.Time(noon.Add(12 * time.Minute))
	for _, c := range []struct {
		name             string
		known, described []ledger.Action
		hold, unpin      string // with min 4 desired 4 max 8, which was 2, as pinned
		left             string
	}{
		{"none is due", []ledger.Action{once("a", time.Hour, 1)}, []ledger.Action{once("a", time.Hour, 1)}, "-/-/-", "2/-/-", "a 13:00"},
		{"one that is over was due, and AWS shows it no more", []ledger.Action{once("a", 5*time.Minute, 3)}, nil, "-/-/-", "3/-/-", ""},
		{"and one that it shows still", []ledger.Action{once("a", 5*time.Minute, 3)}, []ledger.Action{once("a", 5*time.Minute, 3)}, "-/-/-", "3/-/-", ""},
		{"up", []ledger.Action{once("a", 5*time.Minute, 6, 12, 7)}, nil, "6/7/12", "6/7/12", ""},
		{"a minimum above the desired capacity", []ledger.Action{once("a", 5*time.Minute, 6)}, nil, "6/6/-", "6/6/-", ""},
		{"down", []ledger.Action{once("a", 5*time.Minute, 1, 2, 1)}, nil, "-/-/4", "1/1/2", ""},
		{"a maximum below the desired capacity", []ledger.Action{once("a", 5*time.Minute, -1, 3)}, nil, "-/-/4", "2/3/3", ""},
		{"a minimum too, and a maximum below the desired capacity", []ledger.Action{once("a", 5*time.Minute, 1, 3)}, nil, "-/-/4", "1/3/3", ""},
		{"what contradicts changes nothing", []ledger.Action{once("a", 5*time.Minute, 9)}, nil, "-/-/-", "2/-/-", ""},
		{"the last counts", []ledger.Action{once("b", 7*time.Minute, 3), once("a", 5*time.Minute, 1)}, nil, "-/-/-", "3/-/-", ""},
		{"by each of its runs", []ledger.Action{often("a", "*/10 * * * *", 0, 1), once("b", 5*time.Minute, 3)},
			[]ledger.Action{often("a", "*/10 * * * *", 20*time.Minute, 1)}, "-/-/-", "1/-/-", "a 12:20"},
		{"deleted before it was due", []ledger.Action{often("a", "5 * * * *", 5*time.Minute, 1)}, nil, "-/-/-", "2/-/-", ""},
		{"deleted, and due much later", []ledger.Action{once("a", time.Hour, 1)}, nil, "-/-/-", "2/-/-", ""},
		{"due in a moment, and shown no more", []ledger.Action{once("a", 13*time.Minute, 1)}, nil, "-/-/-", "2/-/-", "a 12:13"},
		{"ended, with runs before", []ledger.Action{ended}, nil, "-/-/-", "1/-/-", ""},
		{"changed since", []ledger.Action{often("a", "0 * * * *", time.Hour, 1)}, []ledger.Action{often("a", "30 * * * *", 30*time.Minute, 1)}, "-/-/-", "2/-/-", "a 12:30"},
		{"shown late: it has not been carried out", nil, []ledger.Action{once("a", 5*time.Minute, 3)}, "-/-/-", "3/-/-", ""},
	} {
		lock := pinned("2", "4")
		lock.Plan("blue", c.known)
		blue := sized("blue", 4, 4, 8)
		for range 2 { // again with the same result
			capacity.Take(lock, blue, c.described, noon.Add(12*time.Minute+30*time.Second))
			if got := said(capacity.Hold(lock, blue, 0)); got != c.hold {
				t.Errorf("%s: holds %s, want %s", c.name, got, c.hold)
			}
			if u, _ := capacity.Unpin(lock, blue); said(u) != c.unpin {
				t.Errorf("%s: unpins %s, want %s", c.name, said(u), c.unpin)
			}
		}
		left := ""
		for _, a := range lock.Schedule("blue").Actions {
			left += a.Name + a.Next.Format(" 15:04")
		}
		if left != c.left {
			t.Errorf("%s: %q is left, want %q", c.name, left, c.left)
		}
	}
}

// What AWS has carried out since it was given a fleet's scheduled actions back is not carried out again over what somebody has set.
func TestTakeBack(t *testing.T) {
	for _, c := range []struct {
		name           string
		run            ledger.Action
		min, want, max int
		suspended      bool
		unpin          string // of what had a minimum of 2, pinned at 4
	}{
		{"carried out by AWS", once("a", 5*time.Minute, 3), 3, 4, 8, false, "3/-/-"},
		{"it set what the pin was", once("a", 5*time.Minute, 4), 4, 4, 8, false, "4/-/-"},
		{"about to be carried out", once("a", 13*time.Minute, 3), 2, 4, 8, false, "3/-/-"},
		{"a late call has pinned it again", once("a", 5*time.Minute, 3), 4, 4, 8, false, "3/-/-"},
		{"somebody has set another minimum since", once("a", 5*time.Minute, 3), 1, 4, 8, false, "1/-/-"},
		{"somebody has set another maximum since", once("a", 5*time.Minute, 3, 9), 3, 4, 12, false, "3/-/-"},
		{"somebody has set another desired capacity since", once("a", 5*time.Minute, 3, 9, 5), 3, 6, 9, false, "3/-/-"},
		{"nothing is due", once("a", time.Hour, 3), 2, 4, 8, false, "2/-/-"},
		{"not given back yet", once("a", 5*time.Minute, 3, 9), 4, 4, 8, true, "3/-/9"},
	} {
		lock, blue := pinned("2", "4"), sized("blue", c.min, c.want, c.max)
		capacity.Start(lock, sized("blue", 4, 4, 8), []ledger.Action{c.run})
		if c.suspended {
			blue.Suspended = []string{ledger.ScheduledActions}
		}
		for range 2 { // again with the same result
			capacity.TakeBack(lock, blue, nil, noon.Add(13*time.Minute+30*time.Second))
			if u, _ := capacity.Unpin(lock, blue); said(u) != c.unpin {
				t.Errorf("%s: unpins %s, want %s", c.name, said(u), c.unpin)
			}
		}
	}
}

// A run that raises the minimum of a fleet which somebody has taken below its pin has the desired capacity at that in the end, as AWS would.
func TestARunOfAFleetBelowItsPin(t *testing.T) {
	lock, blue := pinned("2", "4"), sized("blue", 0, 1, 1)
	lock.Plan("blue", []ledger.Action{once("a", 0, 3, 9)})
	capacity.Take(lock, blue, nil, noon)
	if got := said(capacity.Hold(lock, blue, 0)); got != "4/4/9" {
		t.Errorf("holds %s", got)
	}
	blue = sized("blue", 4, 4, 9)
	capacity.Take(lock, blue, nil, noon)
	if u, _ := capacity.Unpin(lock, blue); said(u) != "3/3/-" {
		t.Errorf("unpins %s, want 3/3/-", said(u))
	}
}

// An action that is described without its next run has none before its recurrence names one.
func TestTakeOfAnActionWithoutItsNextRun(t *testing.T) {
	lock, action := pinned("2", "4"), often("a", "0 8 * * *", 0, 1)
	action.Next = time.Time{}
	lock.Plan("blue", []ledger.Action{action})
	capacity.Take(lock, sized("blue", 4, 4, 8), []ledger.Action{action}, noon)
	if got, want := lock.Schedule("blue").Actions, noon.Add(20*time.Hour); len(got) != 1 || !got[0].Next.Equal(want) {
		t.Errorf("planned %+v, want the next run at %s", got, want)
	}
	if got := lock.Change(ledger.KindMin, "blue").Was; got != "2" {
		t.Errorf("the minimum that people want is %s: a run was carried out that nobody has shown", got)
	}
}

// Who sets another size after a run has that: nothing is made of the run any more.
func TestAPersonCountsMoreThanARunBefore(t *testing.T) {
	lock := pinned("2", "4")
	lock.Plan("blue", []ledger.Action{once("a", 0, 1, 2, 1)})
	capacity.Take(lock, sized("blue", 4, 4, 8), nil, noon)
	capacity.Take(lock, sized("blue", 3, 5, 9), nil, noon)
	if u, theirs := capacity.Unpin(lock, sized("blue", 3, 5, 9)); said(u) != "3/-/-" || theirs {
		t.Errorf("unpinned %s, theirs %t", said(u), theirs)
	}
}

// Runs of actions that their owner has suspended are nobody's.
func TestStart(t *testing.T) {
	lock, blue := pinned("2", "4"), sized("blue", 4, 4, 8)
	blue.Suspended = []string{ledger.ScheduledActions, "AZRebalance"}
	if capacity.Start(lock, blue, []ledger.Action{once("a", 0, 1)}); lock.Schedule("blue") != nil || capacity.Stopped(lock, "blue") {
		t.Errorf("suspended by its owner: %+v, %+v", lock.Schedules, lock.Changes)
	}
	if got := fmt.Sprint(capacity.Suspended(lock, blue)); got != "[ScheduledActions AZRebalance]" {
		t.Errorf("suspended by others: %s", got)
	}
	blue.Suspended = nil
	capacity.Start(lock, blue, []ledger.Action{once("a", 0, 1)})
	blue.Suspended = []string{ledger.ScheduledActions, "AZRebalance"}
	if got := fmt.Sprint(capacity.Suspended(lock, blue)); got != "[AZRebalance]" || !capacity.Due(lock, "blue", noon) || capacity.Due(lock, "blue", noon.Add(-1)) {
		t.Errorf("suspended by others: %s; %+v", got, lock.Schedules)
	}
	if again := capacity.Again(lock, sized("blue", 2, 4, 8), noon); again != "a scheduled action of blue was due before its process was resumed" {
		t.Errorf("again: %q", again)
	}
}

// Green goes on where blue's actions have come to, and its own sizes are remembered until it is unpinned.
func TestSucceed(t *testing.T) {
	lock, blue, green := pinned("2", "4"), sized("blue", 4, 4, 8), sized("green", 4, 4, 8)
	capacity.Start(lock, blue, []ledger.Action{once("a", 0, 1, 3, 2), once("b", time.Hour, 5)})
	capacity.Take(lock, blue, []ledger.Action{once("b", time.Hour, 5)}, noon)
	blue.Suspended, green.Suspended = []string{ledger.ScheduledActions}, []string{ledger.ScheduledActions}
	want := capacity.Live(ledger.Record{Lock: lock}, blue, green, capacity.Wanted(lock, blue, green))
	capacity.Succeed(lock, blue, green, nil)
	u := capacity.Hand(lock, green, want)
	v, _ := capacity.Unpin(lock, green)
	if said(u) != "-/-/4" || said(v) != "1/2/3" {
		t.Errorf("at once %s, later %s", said(u), said(v))
	}
	if s := lock.Schedule("green"); s == nil || len(s.Actions) != 1 || lock.Schedule("blue") != nil || !capacity.Stopped(lock, "green") {
		t.Errorf("green goes on with %+v", lock.Schedules)
	}
	capacity.Done(lock, "green")
	if lock.Schedule("green") != nil || capacity.Stopped(lock, "green") || lock.Change(ledger.KindMin, "green") != nil {
		t.Errorf("left when it is done: %+v, %+v", lock.Changes, lock.Schedules)
	}
}

func TestActionsOfADescription(t *testing.T) {
	end := noon.In(time.FixedZone("", 3600))
	got := capacity.Actions([]types.ScheduledUpdateGroupAction{{
		ScheduledActionName: aws.String("a"), Recurrence: aws.String("* * * * *"), TimeZone: aws.String("Asia/Tokyo"),
		StartTime: &end, EndTime: &end, MinSize: aws.Int32(1), MaxSize: aws.Int32(3), DesiredCapacity: aws.Int32(2),
	}}, noon.Add(2*time.Minute)) // AWS may be so late
	a := got[0]
	if len(got) != 1 || a.Name != "a" || a.Recurrence != "* * * * *" || a.Zone != "Asia/Tokyo" || a.Next != noon || *a.End != noon ||
		*a.Min != 1 || *a.Max != 3 || *a.Desired != 2 {
		t.Errorf("got %+v", got)
	}
}

// A run that is shown as the next long after it was due was missed: an action that recurs has its next one, any other has none.
func TestMissedRuns(t *testing.T) {
	got := capacity.Actions([]types.ScheduledUpdateGroupAction{
		{ScheduledActionName: aws.String("daily"), Recurrence: aws.String("0 9 * * *"), TimeZone: aws.String("UTC"), StartTime: aws.Time(noon.Add(-75 * time.Hour))},
		{ScheduledActionName: aws.String("once"), StartTime: aws.Time(noon.Add(-3 * time.Minute))},
		{ScheduledActionName: aws.String("not shown yet"), Recurrence: aws.String("0 9 * * *")},
	}, noon)
	if len(got) != 2 || got[0].Name != "daily" || got[0].Next != noon.Add(21*time.Hour) || got[1].Name != "not shown yet" || !got[1].Next.IsZero() {
		t.Errorf("got %+v", got)
	}
}

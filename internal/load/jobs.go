package load

import (
	"context"
	"fmt"
	"math/rand/v2"
	"sync"
	"time"

	"bluegreen/internal/clock"
	"bluegreen/internal/local"
)

// Jobs take 5 to 40 s of the clock's time.
const (
	shortestJob = 5.0
	longestJob  = 40.0
)

// jobsLimit is how long the last jobs may take to be done, in the clock's time.
const jobsLimit = 10 * time.Minute

// interval is how often the last jobs are looked at, in the clock's time.
const interval = 3 * time.Second

// Jobs sends jobs to the workers' queue and watches how many workers take them.
type Jobs struct {
	workers *local.Workers
	clock   *clock.Scaled
	pause   time.Duration // between two jobs, the clock's
	lengths *rand.Rand

	mu     sync.Mutex
	sent   []string // ids
	failed error    // of sending: no more jobs came

	lowest  int    // workers that took jobs, at the worst moment
	seen    string // how the fleets stood when it had a line
	stop    context.CancelFunc
	running sync.WaitGroup
}

// WatchJobs watches the jobs that others send.
func WatchJobs(e *local.Environment) *Jobs { return &Jobs{workers: e.Workers, clock: e.Clock} }

// StartJobs sends perMinute jobs a minute of the clock, whose lengths follow from the seed.
func StartJobs(ctx context.Context, e *local.Environment, perMinute float64, seed uint64) *Jobs {
	ctx, stop := context.WithCancel(ctx)
	j := WatchJobs(e)
	j.stop, j.pause, j.lengths = stop, time.Duration(float64(time.Minute)/perMinute), rand.New(rand.NewPCG(seed, 0))
	j.lowest = j.workers.AtWork()
	j.running.Go(func() { j.produce(ctx) })
	j.running.Go(func() { j.watch(ctx) })
	return j
}

// produce sends jobs until ctx ends.
func (j *Jobs) produce(ctx context.Context) {
	next := j.clock.Now()
	for j.clock.Sleep(ctx, next.Sub(j.clock.Now())) == nil {
		id, err := j.send(context.WithoutCancel(ctx)) // a job whose answer nobody awaits would not be known
		j.mu.Lock()
		if err == nil {
			j.sent = append(j.sent, id)
		}
		j.failed = err
		j.mu.Unlock()
		if err != nil {
			return
		}
		next = next.Add(j.pause)
	}
}

// send sends one job and returns its id.
func (j *Jobs) send(ctx context.Context) (string, error) {
	seconds := shortestJob + (longestJob-shortestJob)*j.lengths.Float64()
	return j.workers.Queue.Send(ctx, time.Duration(seconds*float64(time.Second)).Round(time.Millisecond))
}

// watch keeps the lowest number of workers that take jobs, looking every half second of the clock.
func (j *Jobs) watch(ctx context.Context) {
	for j.clock.Sleep(ctx, time.Second/2) == nil {
		j.lowest = min(j.lowest, j.workers.AtWork())
	}
}

// soFar is the jobs sent, and why no more are, if they cannot be.
func (j *Jobs) soFar() ([]string, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return append([]string(nil), j.sent...), j.failed
}

// Look says how many jobs wait, are under way and are done, and how many workers take them; as a line whenever the fleets
// have changed.
func (j *Jobs) Look(ctx context.Context, fleets string) (status, line string, err error) {
	sent, err := j.soFar()
	if err != nil {
		return "", "", err
	}
	waiting, _, err := j.workers.Queue.Waiting(ctx)
	if err != nil {
		return "", "", err
	}
	counts, err := j.workers.Count(sent)
	if err != nil {
		return "", "", err
	}
	text := fmt.Sprintf("jobs: %d waiting, %d under way, %d done", waiting, counts.UnderWay, counts.Done())
	if counts.Again > 0 {
		text += fmt.Sprintf(", %d MORE THAN ONCE", counts.Again)
	}
	if counts.CutShort > 0 {
		text += fmt.Sprintf(", %d CUT SHORT", counts.CutShort)
	}
	text += fmt.Sprintf("; %d workers take jobs", j.workers.AtWork())
	if fleets != j.seen {
		j.seen, line = fleets, text
	}
	return text, line, nil
}

// End sends no more jobs and waits until the last one is done.
func (j *Jobs) End(ctx context.Context) (Measured, error) {
	j.stop()
	j.running.Wait()
	sent, err := j.soFar()
	if err != nil {
		return Measured{}, err
	}
	for began := j.clock.Now(); ; {
		waiting, hidden, err := j.workers.Queue.Waiting(ctx)
		if err != nil {
			return Measured{}, err
		}
		if waiting+hidden == 0 || j.clock.Now().Sub(began) > jobsLimit {
			break
		}
		if err := j.clock.Sleep(ctx, interval); err != nil {
			return Measured{}, err
		}
	}
	counts, err := j.workers.Count(sent)
	return Measured{Jobs: &counts, LowestServing: j.lowest}, err
}

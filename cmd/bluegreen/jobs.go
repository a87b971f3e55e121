package main

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
)

// Jobs take 5 to 40 s of the clock's time.
const (
	shortestJob = 5.0
	longestJob  = 40.0
)

// jobsLimit is how long the last jobs may take to be done, in the clock's time.
const jobsLimit = 10 * time.Minute

// jobs sends jobs to the workers' queue and watches how many workers take them.
type jobs struct {
	house    *house
	workshop *workshop
	queue    *sqs.Client
	interval time.Duration // between two jobs, the clock's
	lengths  *rand.Rand

	mu     sync.Mutex
	sent   []string // ids
	failed error    // of sending: no more jobs came

	lowest  int // workers that took jobs, at the worst moment
	seen    string
	stop    context.CancelFunc
	running sync.WaitGroup
}

// startJobs sends perMinute jobs a minute of the clock.
func startJobs(ctx context.Context, h *house, perMinute float64, seed uint64) *jobs {
	ctx, stop := context.WithCancel(ctx)
	j := &jobs{
		house: h, workshop: h.workshop, queue: sqs.NewFromConfig(h.config), stop: stop,
		interval: time.Duration(float64(time.Minute) / perMinute), lengths: rand.New(rand.NewPCG(seed, 0)),
		lowest: h.workshop.atWork(h),
	}
	j.running.Go(func() { j.produce(ctx) })
	j.running.Go(func() { j.watch(ctx) })
	return j
}

// produce sends jobs until ctx ends.
func (j *jobs) produce(ctx context.Context) {
	next := j.house.clock.Now()
	for j.house.clock.Sleep(ctx, next.Sub(j.house.clock.Now())) == nil {
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
		next = next.Add(j.interval)
	}
}

// send sends one job and returns its id.
func (j *jobs) send(ctx context.Context) (string, error) {
	body, err := json.Marshal(jobBody{Seconds: milliseconds(shortestJob + (longestJob-shortestJob)*j.lengths.Float64())})
	if err != nil {
		return "", err
	}
	sent, err := j.queue.SendMessage(ctx, &sqs.SendMessageInput{QueueUrl: &j.workshop.queueURL, MessageBody: aws.String(string(body))})
	if err != nil {
		return "", fmt.Errorf("send a job: %w", err)
	}
	return *sent.MessageId, nil
}

// watch keeps the lowest number of workers that take jobs, looking every half second of the clock.
func (j *jobs) watch(ctx context.Context) {
	for j.house.clock.Sleep(ctx, time.Second/2) == nil {
		j.lowest = min(j.lowest, j.workshop.atWork(j.house))
	}
}

// soFar is the jobs sent, and why no more are, if they cannot be.
func (j *jobs) soFar() ([]string, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return append([]string(nil), j.sent...), j.failed
}

// show tells how many jobs wait, are under way and are done.
func (j *jobs) show(ctx context.Context, out *progress, changes *changeLog) error {
	sent, err := j.soFar()
	if err != nil {
		return err
	}
	text, err := j.workshop.text(ctx, j.house, j.queue, sent)
	if err != nil {
		return err
	}
	out.show("       " + text)
	if changes.text != j.seen {
		j.seen = changes.text
		changes.say(out, text)
	}
	return nil
}

// text is the jobs and the workers in one line.
func (w *workshop) text(ctx context.Context, h *house, queue *sqs.Client, sent []string) (string, error) {
	waiting, _, err := w.waiting(ctx, queue)
	if err != nil {
		return "", err
	}
	counts, err := w.count(h, sent)
	if err != nil {
		return "", err
	}
	text := fmt.Sprintf("jobs: %d waiting, %d under way, %d done", waiting, counts.UnderWay, counts.done())
	if counts.Again > 0 {
		text += fmt.Sprintf(", %d MORE THAN ONCE", counts.Again)
	}
	if counts.CutShort > 0 {
		text += fmt.Sprintf(", %d CUT SHORT", counts.CutShort)
	}
	return text + fmt.Sprintf("; %d workers take jobs", w.atWork(h)), nil
}

// end sends no more jobs, waits until the last one is done, and puts what was seen into a summary.
func (j *jobs) end(ctx context.Context, s *summary) error {
	j.stop()
	j.running.Wait()
	sent, err := j.soFar()
	if err != nil {
		return err
	}
	for began := j.house.clock.Now(); ; {
		waiting, hidden, err := j.workshop.waiting(ctx, j.queue)
		if err != nil {
			return err
		}
		if waiting+hidden == 0 || j.house.clock.Now().Sub(began) > jobsLimit {
			break
		}
		if err := j.house.clock.Sleep(ctx, followInterval); err != nil {
			return err
		}
	}
	counts, err := j.workshop.count(j.house, sent)
	s.Jobs, s.LowestServing = &counts, j.lowest
	return err
}

package clock_test

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"bluegreen/internal/clock"
)

var start = time.Date(2026, 11, 21, 3, 0, 0, 0, time.UTC)

func TestVirtualOrder(t *testing.T) {
	v := clock.NewVirtual(start)
	defer v.Close()
	var log []string
	say := func(what string) { log = append(log, fmt.Sprintf("%s %s", v.Now().Sub(start), what)) }
	v.Run(func() {
		v.AfterFunc(2*time.Second, func() { say("second") })
		v.AfterFunc(time.Second, func() { say("first") })
		v.AfterFunc(2*time.Second, func() { say("third: same time, asked for later") })
		v.AfterFunc(time.Hour, func() { say("never: Run has ended") })
		stopped := v.AfterFunc(time.Second, func() { say("stopped") })
		if !stopped.Stop() || stopped.Stop() {
			t.Error("Stop must report true once")
		}
		_ = v.Sleep(context.Background(), 3*time.Second)
		say("slept")
	})
	want := []string{"1s first", "2s second", "2s third: same time, asked for later", "3s slept"}
	if !slices.Equal(log, want) {
		t.Errorf("got %q, want %q", log, want)
	}
}

func TestVirtualAdvanceStopsAtTheLimit(t *testing.T) {
	v := clock.NewVirtual(start)
	defer v.Close()
	ticks := 0
	var tick func()
	tick = func() {
		ticks++
		v.AfterFunc(10*time.Second, tick)
	}
	v.AfterFunc(10*time.Second, tick)
	v.Advance(25 * time.Second)
	if ticks != 2 || !v.Now().Equal(start.Add(25*time.Second)) {
		t.Errorf("%d ticks at %s", ticks, v.Now().Sub(start))
	}
	v.Advance(5 * time.Second)
	if ticks != 3 {
		t.Errorf("%d ticks after 30 s", ticks)
	}
}

func TestVirtualEventWakesAllWaiters(t *testing.T) {
	v := clock.NewVirtual(start)
	defer v.Close()
	v.Run(func() {
		done, woken := v.NewEvent(), 0
		for range 3 {
			v.Go(func() {
				if done.Wait(context.Background()) == nil {
					woken++
				}
			})
		}
		_ = v.Sleep(context.Background(), time.Second)
		done.Set()
		done.Set()
		_ = v.Sleep(context.Background(), 0)
		if woken != 3 || !done.IsSet() {
			t.Errorf("%d woken", woken)
		}
	})
}

func TestVirtualContextEndsAWait(t *testing.T) {
	v := clock.NewVirtual(start)
	defer v.Close()
	v.Run(func() {
		outer, cancel := v.WithCancel(context.Background())
		inner, stop := v.WithTimeout(context.WithValue(outer, ctxKey{}, 1), 10*time.Second)
		defer stop()
		if err := v.NewEvent().Wait(inner); !errors.Is(err, context.DeadlineExceeded) || v.Now().Sub(start) != 10*time.Second {
			t.Errorf("wait ended with %v at %s", err, v.Now().Sub(start))
		}
		standard, release := context.WithCancel(outer)
		defer release()
		v.AfterFunc(time.Second, cancel)
		if err := v.Sleep(standard, time.Hour); err == nil {
			t.Error("the sleep outlived its context")
		}
		if got := v.Now().Sub(start); got != 11*time.Second {
			t.Errorf("woken at %s", got)
		}
	})
}

type ctxKey struct{}

// The context around a detached one has ended, the detached one has not.
func TestVirtualSleepWithADetachedContext(t *testing.T) {
	v := clock.NewVirtual(start)
	defer v.Close()
	v.Run(func() {
		ended, cancel := v.WithCancel(context.Background())
		cancel()
		_ = v.Sleep(context.WithoutCancel(ended), time.Second)
		_ = v.Sleep(context.Background(), time.Minute)
	})
}

// A server goes on with what its caller has given up: net/http's contexts are detached so by context.WithoutCancel.
func TestVirtualSleepOutlivesTheContextThatItIsDetachedFrom(t *testing.T) {
	v := clock.NewVirtual(start)
	defer v.Close()
	v.Run(func() {
		caller, cancel := v.WithTimeout(context.Background(), time.Second)
		defer cancel()
		detached := context.WithoutCancel(caller)
		if err := v.Sleep(detached, time.Minute); err != nil || v.Now().Sub(start) != time.Minute {
			t.Errorf("woken with %v at %s", err, v.Now().Sub(start))
		}
		inner, stop := v.WithTimeout(detached, time.Minute)
		defer stop()
		if inner.Err() != nil {
			t.Errorf("a context below a detached one has ended: %v", inner.Err())
		}
	})
}

func TestVirtualTaskMayExit(t *testing.T) {
	v := clock.NewVirtual(start)
	defer v.Close()
	v.Run(func() {
		died := v.NewEvent()
		v.Go(func() {
			defer died.Set()
			runtime.Goexit()
		})
		if err := died.Wait(context.Background()); err != nil {
			t.Error(err)
		}
	})
}

func TestVirtualRunReportsADeadlock(t *testing.T) {
	v := clock.NewVirtual(start)
	defer func() {
		if recover() == nil {
			t.Error("a task that waits for nothing must not hang the test")
		}
	}()
	v.Run(func() { _ = v.NewEvent().Wait(context.Background()) })
}

func TestVirtualCloseRunsDeferredCalls(t *testing.T) {
	v := clock.NewVirtual(start)
	ended := 0
	v.Run(func() {
		for range 5 {
			v.Go(func() {
				defer func() { ended++ }()
				_ = v.Sleep(context.Background(), time.Hour)
			})
		}
		_ = v.Sleep(context.Background(), time.Second)
	})
	v.Close()
	if ended != 5 {
		t.Errorf("%d of 5 tasks ended", ended)
	}
}

func TestScaledRunsFaster(t *testing.T) {
	c := clock.NewScaled(1000)
	before := c.Now()
	if err := c.Sleep(context.Background(), 10*time.Second); err != nil {
		t.Fatal(err)
	}
	if passed := c.Now().Sub(before); passed < 10*time.Second {
		t.Errorf("%s passed", passed)
	}
	ctx, cancel := c.WithTimeout(context.Background(), time.Second)
	defer cancel()
	if err := c.NewEvent().Wait(ctx); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v", err)
	}
}

func TestScaledAtAnyTimeOfTheWall(t *testing.T) {
	const speed = 50
	c, wall := clock.NewScaled(speed), clock.NewScaled(1)
	at, before := wall.Now(), c.Now()
	shown := c.At(at)
	if off := before.Sub(shown).Abs(); off > speed*10*time.Millisecond {
		t.Errorf("it shows %s where it was read as %s", shown, before)
	}
	if passed := c.At(at.Add(2 * time.Second)).Sub(shown); passed != speed*2*time.Second {
		t.Errorf("%s pass in two seconds of the wall", passed)
	}
}

// One run in a process of many must be able to fail by itself: a panic in a task reaches the driver.
func TestVirtualHandsATasksPanicToTheDriver(t *testing.T) {
	v := clock.NewVirtual(time.Unix(0, 0))
	defer func() {
		cause, ok := recover().(*clock.Panic)
		if !ok || cause.Value != "nonsense" || !strings.Contains(string(cause.Stack), "TestVirtualHandsATasksPanic") {
			t.Errorf("the driver met %v", cause)
		}
	}()
	v.AfterFunc(time.Second, func() { panic("nonsense") })
	v.Advance(time.Minute)
	t.Error("the driver goes on after a task's panic")
}

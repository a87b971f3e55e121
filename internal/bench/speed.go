package main

import (
	"context"
	"runtime"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"bluegreen/internal/localaws/world"
	"bluegreen/internal/rehearsal"
)

// speed measures how many undisturbed deployments of four are rehearsed in a second of wall time, one on each core, the
// checkers on.
func (b *bench) speed() error {
	var next atomic.Int64
	var failed atomic.Pointer[error]
	var workers sync.WaitGroup
	began, usedBefore := wall.Now(), cpuTime()
	for range runtime.GOMAXPROCS(0) {
		workers.Go(func() {
			for {
				seed := next.Add(1)
				if seed > int64(b.seeds) || failed.Load() != nil {
					return
				}
				if err := rehearse(uint64(seed)); err != nil {
					failed.Store(&err)
				}
			}
		})
	}
	workers.Wait()
	if err := failed.Load(); err != nil {
		return *err
	}
	rate := float64(b.seeds) / wall.Now().Sub(began).Seconds()
	each := (cpuTime() - usedBefore) / time.Duration(b.seeds)
	b.table.add("rehearsals of a deployment of 4 a second, checkers on", "≥ 30 on 2 cores", "%.0f on %d cores", rate, runtime.GOMAXPROCS(0))
	b.table.add("– processor time of one", "", "%.0f ms", each.Seconds()*1000)
	return nil
}

// cpuTime is the processor time that this process has used: unlike the wall's it does not count what other processes use.
func cpuTime() time.Duration {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		return 0
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}

func rehearse(seed uint64) error {
	r, err := rehearsal.New(rehearsal.Options{Seed: seed, Plan: world.DefaultPlan()})
	if err != nil {
		return err
	}
	defer r.Close()
	r.Run(func(ctx context.Context) { _, err = deployOnce(ctx, r) })
	return err
}

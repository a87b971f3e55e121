package dataplane

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	localec2 "bluegreen/internal/localaws/ec2"
)

// Program is a service that every instance starts once it is up, besides its web application: a process in the
// instance's own folder, with the environment of scripts (Run). It is started once for each start of the instance, also
// if it ends by itself, and killed with everything that it started when the instance ends or stops. On an instance of no group it is
// user data that starts it: where that is missing, as on one that only builds, it does not run.
type Program struct {
	Name string   // of its files in the folder: <Name>.pid is there while it runs, <Name>.log is what it writes
	Path string   // of the executable
	Args []string // after the path
	Env  []string // "NAME=value", besides the environment of scripts
}

// SetProgram lets every instance that answers from now on run program. The lock must not be held.
func (p *Plane) SetProgram(program Program) {
	p.acct.Lock()
	defer p.acct.Unlock()
	p.program = &program
}

// Working names the instances on which the program runs, in order. The lock must not be held.
func (p *Plane) Working() []string {
	p.acct.Lock()
	defer p.acct.Unlock()
	var ids []string
	for id, d := range p.disks {
		if d.process != nil && !d.process.ended {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	return ids
}

// process is the program on one instance.
type process struct {
	kill  func()
	ended bool
}

// programOf starts the program of an instance that is up, and kills it when the instance no longer runs. The lock is
// held.
func (p *Plane) programOf(i *localec2.Instance) {
	d := p.disks[i.ID]
	switch {
	case p.program == nil || p.closed:
	case !i.Up():
		if d != nil && d.process != nil {
			d.process.kill()
			d.process = nil
		}
	case i.UserData == "" && i.Tags[groupTag] == "":
	case i.Answers() && (d == nil || d.process == nil):
		p.startProgram(i.ID)
	}
}

// startProgram starts the program on an instance; if that fails the instance runs without it, and its log says why. The
// lock is held.
func (p *Plane) startProgram(instanceID string) {
	d, err := p.disk(instanceID)
	if err != nil {
		return // no folder: nothing can run there
	}
	program := *p.program
	log, err := os.Create(filepath.Join(d.folder, program.Name+".log"))
	if err != nil {
		return
	}
	ctx, kill := context.WithCancel(d.live)
	started := &process{kill: kill}
	d.process = started
	command := instanceCommand(ctx, d, instanceID, program.Path, program.Args...)
	command.Env = append(command.Env, program.Env...)
	command.Stdout, command.Stderr = log, log
	// The file is there before the program is: who finds none may count on a program that has not begun.
	pidFile := filepath.Join(d.folder, program.Name+".pid")
	if err = os.WriteFile(pidFile, nil, 0o600); err == nil {
		err = command.Start()
	}
	if err != nil {
		fmt.Fprintf(log, "start %s: %v\n", program.Path, err)
		os.Remove(pidFile)
		log.Close()
		kill()
		started.ended = true
		return
	}
	if err := os.WriteFile(pidFile, fmt.Appendln(nil, command.Process.Pid), 0o600); err != nil {
		fmt.Fprintf(log, "write %s: %v\n", pidFile, err)
	}
	d.running++
	p.scripts.Add(1)
	go func() {
		defer p.endScript(instanceID, d)
		defer kill()
		_ = command.Wait()
		log.Close()
		os.Remove(pidFile)
		p.acct.Lock()
		started.ended = true
		p.acct.Unlock()
	}()
}

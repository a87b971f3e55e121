package dataplane

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"

	localec2 "bluegreen/internal/localaws/ec2"
)

// scriptOutput is how many bytes of what a script writes are kept, of each stream: more than Run Command shows.
const scriptOutput = 100_000

// disk is an instance's own folder, with what runs in it.
type disk struct {
	folder  string
	scripts int             // begun so far
	process *process        // the program, since the instance's last start
	running int             // now, of scripts and program
	live    context.Context // until the instance ends; the folder goes with its last script
	end     func()
}

// runFolder stands for /run on an instance's disk, which is in memory: no image has it.
const runFolder = "run"

// Run runs a script with /bin/sh on an instance: in the instance's own folder, with an environment of INSTANCE_ID, PATH,
// HOME and TMPDIR, the last two being that folder, BLUEGREEN_STATE, where a drain's guard goes (the instances of one
// machine share its /run), and INSTANCE_URL, where the application answers if it does. It takes wall time. When ctx ends the script is killed with everything
// that it started. Run implements ssm.Executor; the account's lock must not be held.
func (p *Plane) Run(ctx context.Context, instanceID, script string) (exit int, stdout, stderr string) {
	d, file, err := p.beginScript(instanceID, script)
	if err != nil {
		return 1, "", err.Error() + "\n"
	}
	defer p.endScript(instanceID, d)
	ctx, kill := context.WithCancel(ctx)
	defer kill()
	defer context.AfterFunc(d.live, kill)()
	command := instanceCommand(ctx, d, instanceID, "/bin/sh", file)
	if at, ok := p.InstanceAddress(instanceID); ok {
		command.Env = append(command.Env, "INSTANCE_URL=http://"+at)
	}
	var out, errs kept
	command.Stdout, command.Stderr = &out, &errs
	err = command.Run()
	var failed *exec.ExitError
	switch {
	case err == nil:
		return 0, out.String(), errs.String()
	case errors.As(err, &failed):
		return failed.ExitCode(), out.String(), errs.String()
	}
	return 1, out.String(), errs.String() + err.Error() + "\n"
}

// instanceCommand is a command on an instance; when ctx ends it is killed with everything that it started.
func instanceCommand(ctx context.Context, d *disk, instanceID, path string, args ...string) *exec.Cmd {
	command := exec.CommandContext(ctx, path, args...)
	command.Dir = d.folder
	command.Env = []string{"INSTANCE_ID=" + instanceID, "PATH=" + os.Getenv("PATH"), "HOME=" + d.folder, "TMPDIR=" + d.folder, "BLUEGREEN_STATE=" + filepath.Join(d.folder, runFolder, "bluegreen")}
	command.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	command.Cancel = func() error { return syscall.Kill(-command.Process.Pid, syscall.SIGKILL) }
	command.WaitDelay = 5 * time.Second // a grandchild in another process group may hold the output open
	return command
}

// Folder is an instance's own folder, its disk; it is made when it is first asked for and removed when the instance has
// ended. The lock must not be held.
func (p *Plane) Folder(instanceID string) (string, error) {
	p.acct.Lock()
	defer p.acct.Unlock()
	d, err := p.disk(instanceID)
	if err != nil {
		return "", err
	}
	return d.folder, nil
}

// disk returns the disk of an instance that has not ended. The lock is held.
func (p *Plane) disk(instanceID string) (*disk, error) {
	if d, ok := p.disks[instanceID]; ok {
		return d, nil
	}
	i, ok := p.compute.Instance(instanceID)
	if p.closed || !ok || i.State == localec2.ShuttingDown || i.State == localec2.Terminated {
		return nil, fmt.Errorf("the instance %s has ended", instanceID)
	}
	folder, err := os.MkdirTemp("", "bluegreen-"+instanceID+"-")
	if err != nil {
		return nil, fmt.Errorf("make the folder of %s: %w", instanceID, err)
	}
	if err := p.unpack(i.ImageID, folder); err != nil {
		os.RemoveAll(folder)
		return nil, fmt.Errorf("copy image %s onto the disk of %s: %w", i.ImageID, instanceID, err)
	}
	if err := os.Mkdir(filepath.Join(folder, runFolder), 0o700); err != nil {
		os.RemoveAll(folder)
		return nil, fmt.Errorf("make the run folder of %s: %w", instanceID, err)
	}
	d := &disk{folder: folder}
	d.live, d.end = context.WithCancel(context.Background())
	p.disks[instanceID] = d
	return d, nil
}

// beginScript writes a script onto its instance's disk.
func (p *Plane) beginScript(instanceID, script string) (d *disk, file string, err error) {
	p.acct.Lock()
	defer p.acct.Unlock()
	if d, err = p.disk(instanceID); err != nil {
		return nil, "", err
	}
	d.scripts++
	file = filepath.Join(d.folder, fmt.Sprintf(".command-%d.sh", d.scripts))
	if err := os.WriteFile(file, []byte(script+"\n"), 0o600); err != nil {
		return nil, "", fmt.Errorf("write the script: %w", err)
	}
	d.running++
	p.scripts.Add(1)
	return d, file, nil
}

func (p *Plane) endScript(instanceID string, d *disk) {
	p.acct.Lock()
	defer p.acct.Unlock()
	d.running--
	p.dropDisk(instanceID, d)
	p.scripts.Done()
}

// endDisk kills what runs on an instance and removes its disk. The lock is held.
func (p *Plane) endDisk(instanceID string) {
	if d, ok := p.disks[instanceID]; ok {
		d.end()
		p.dropDisk(instanceID, d)
	}
}

// dropDisk removes the disk of an instance that has ended, once nothing runs on it. The lock is held.
func (p *Plane) dropDisk(instanceID string, d *disk) {
	if d.live.Err() != nil && d.running == 0 {
		os.RemoveAll(d.folder)
		delete(p.disks, instanceID)
	}
}

// kept keeps the beginning of what is written to it.
type kept struct{ text []byte }

func (k *kept) Write(data []byte) (int, error) {
	room := scriptOutput - len(k.text)
	k.text = append(k.text, data[:min(max(room, 0), len(data))]...)
	return len(data), nil
}

func (k *kept) String() string { return string(k.text) }

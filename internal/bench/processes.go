package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"

	"bluegreen/internal/clock"
)

// local measures the memory of "bluegreen local" once its fleet serves.
func (b *bench) local() error {
	command := exec.Command(filepath.Join("bin", "bluegreen"), "local", "--addr", "127.0.0.1:0", "--speed", "100")
	output, err := command.StdoutPipe()
	if err != nil {
		return err
	}
	command.Stderr = command.Stdout
	if err := command.Start(); err != nil {
		return fmt.Errorf("%w; run \"make build\" first", err)
	}
	defer func() {
		_ = command.Process.Signal(syscall.SIGTERM)
		_, _ = io.Copy(io.Discard, output)
		_ = command.Wait()
	}()
	lines := bufio.NewScanner(output)
	for lines.Scan() {
		if strings.Contains(lines.Text(), "Ctrl-C ends it") {
			now, peak, err := residentMiB(command.Process.Pid)
			b.table.add("memory of bluegreen local, blue serving: now, at most", "< 256 MiB", "%d MiB, %d MiB", now, peak)
			return err
		}
	}
	return errors.New("bluegreen local ended before its fleet served")
}

// residentMiB reads what a process has in memory, and had at most.
func residentMiB(pid int) (now, peak int, err error) {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0, 0, fmt.Errorf("the memory of a process is read from /proc: %w", err)
	}
	for line := range strings.Lines(string(status)) {
		fields := strings.Fields(line)
		if len(fields) < 2 {
			continue
		}
		kib, _ := strconv.Atoi(fields[1])
		switch fields[0] {
		case "VmRSS:":
			now = kib >> 10
		case "VmHWM:":
			peak = kib >> 10
		}
	}
	return now, peak, nil
}

// wall is the time that processes take.
var wall = clock.NewScaled(1)

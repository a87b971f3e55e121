package main

import (
	"archive/zip"
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"time"

	"bluegreen/internal/localaws/account"
	"bluegreen/statemachine"
)

// The platforms that make build leaves functions for.
const arm64 = "linux_arm64"

// functions measures each function's executable: its size, and how it starts under a Runtime API.
func (b *bench) functions() error {
	for _, f := range statemachine.Functions {
		code, err := os.ReadFile(b.bootstrap(arm64, f))
		if err != nil {
			return fmt.Errorf("%w; run \"make build\" first", err)
		}
		zipped, err := zippedSize(code)
		if err != nil {
			return err
		}
		first, peak, err := b.start(f)
		if err != nil {
			return fmt.Errorf("%s: %w", f.State, err)
		}
		b.table.add(f.State+": arm64 size; zipped; start to first answer here; peak memory", "zip < 7 MB; < 60 ms",
			"%.1f MB; %.1f MB; %.0f ms; %d MiB", megabytes(len(code)), megabytes(zipped), float64(first.Microseconds())/1000, peak)
	}
	return nil
}

func megabytes(n int) float64 { return float64(n) / 1e6 }

// zippedSize is the size of the deployment package, compressed as zip tools do.
func zippedSize(code []byte) (int, error) {
	var packed bytes.Buffer
	archive := zip.NewWriter(&packed)
	entry, err := archive.Create("bootstrap")
	if err != nil {
		return 0, err
	}
	if _, err := entry.Write(code); err != nil {
		return 0, err
	}
	if err := archive.Close(); err != nil {
		return 0, err
	}
	return packed.Len(), nil
}

// starts is how often a function is started; the median counts.
const starts = 9

// start starts a function of this platform under a Runtime API of its own: the time from the process's start to its
// answer to the first invocation, and its peak memory in MiB. The invocation's payload is one that no function takes, so
// that the answer holds no AWS call; clients are made and the payload is decoded as ever.
func (b *bench) start(f statemachine.Function) (time.Duration, int, error) {
	var times []time.Duration
	peak := 0
	for range starts {
		took, memory, err := startOnce(b.bootstrap(host, f))
		if err != nil {
			return 0, 0, err
		}
		times, peak = append(times, took), max(peak, memory)
	}
	return median(times), peak, nil
}

func startOnce(path string) (time.Duration, int, error) {
	socket, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, 0, err
	}
	api := &runtimeAPI{answered: make(chan time.Time, 1), ended: make(chan struct{})}
	server := &http.Server{Handler: api}
	go func() { _ = server.Serve(socket) }()
	defer server.Close()
	defer close(api.ended)
	ctx, cancel := wall.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	command := exec.Command(path)
	command.Env = []string{
		"AWS_LAMBDA_RUNTIME_API=" + socket.Addr().String(), "AWS_REGION=" + account.DefaultRegion, "LEDGER_TABLE=ledger",
		"AWS_ACCESS_KEY_ID=bench", "AWS_SECRET_ACCESS_KEY=bench", "AWS_EC2_METADATA_DISABLED=true",
		"AWS_LAMBDA_FUNCTION_NAME=bench", "AWS_LAMBDA_FUNCTION_VERSION=$LATEST", "AWS_LAMBDA_FUNCTION_MEMORY_SIZE=128",
		"AWS_XRAY_CONTEXT_MISSING=LOG_ERROR", "AWS_XRAY_DAEMON_ADDRESS=127.0.0.1:9", // nobody is there
	}
	began := wall.Now()
	if err := command.Start(); err != nil {
		return 0, 0, fmt.Errorf("%w; run \"make build\" first", err)
	}
	defer func() {
		_ = command.Process.Signal(syscall.SIGKILL)
		_ = command.Wait()
	}()
	select {
	case at := <-api.answered:
		_, peak, err := residentMiB(command.Process.Pid)
		return at.Sub(began), peak, err
	case <-ctx.Done():
		return 0, 0, fmt.Errorf("no answer within 10 s")
	}
}

// runtimeAPI gives out one invocation, and notes when it is answered.
type runtimeAPI struct {
	answered chan time.Time
	ended    chan struct{}
	given    bool
}

func (a *runtimeAPI) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch {
	case strings.HasSuffix(r.URL.Path, "/invocation/next") && a.given:
		<-a.ended
	case strings.HasSuffix(r.URL.Path, "/invocation/next"):
		a.given = true
		w.Header().Set("Lambda-Runtime-Aws-Request-Id", "00000000-0000-4000-8000-000000000001")
		w.Header().Set("Lambda-Runtime-Deadline-Ms", fmt.Sprint(wall.Now().Add(time.Minute).UnixMilli()))
		w.Header().Set("Lambda-Runtime-Invoked-Function-Arn", "arn:aws:lambda:"+account.DefaultRegion+":000000000000:function:bench")
		w.Header().Set("Lambda-Runtime-Trace-Id", "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1")
		_, _ = io.WriteString(w, `{"no": "such field"}`)
	default:
		_, _ = io.Copy(io.Discard, r.Body)
		w.WriteHeader(http.StatusAccepted)
		select {
		case a.answered <- wall.Now():
		default:
		}
	}
}

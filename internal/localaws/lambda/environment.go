package lambda

import (
	"context"
	"errors"
	"io/fs"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"sync"
	"syscall"
	"time"
)

// environment is an execution environment: what serves one invocation at a time. For in-process code only its age
// counts; for a process it is the process and the Runtime API that the process talks to.
type environment struct {
	function    *function
	accessKeyID string
	usedAt      time.Time
	discarded   bool // its process is being killed

	started bool // a process stands behind it; what follows is for processes
	command *exec.Cmd
	server  *http.Server
	log     *lineWriter
	asked   chan struct{} // the process asks for the next invocation
	deliver chan delivery // gives it one
	answers chan answer   // its answer to the invocation
	exited  chan struct{} // closed when the process has ended
	exit    string        // how it ended: "exit status 1", "signal: killed", "" for status 0
	mu      sync.Mutex    // guards current
	current string        // request id of the invocation that may be answered; initRequest during init
}

// delivery is an invocation as the Runtime API hands it out.
type delivery struct {
	requestID, functionARN, traceID string
	deadline                        time.Time // wall time
	payload                         []byte
}

// answer is what a process posts.
type answer struct {
	payload []byte // cut short when it is larger than Lambda takes
	size    int    // of all of it, bytes
	failed  bool
}

// newEnvironment returns a fresh environment. The lock is held.
func (f *Functions) newEnvironment(fn *function) *environment {
	env := &environment{function: fn}
	if fn.bootstrap != "" {
		env.accessKeyID = f.newAccessKeyID()
	}
	return env
}

// start begins the process of env and its Runtime API.
func (f *Functions) start(env *environment) error {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	env.asked, env.deliver, env.answers = make(chan struct{}), make(chan delivery), make(chan answer)
	env.exited = make(chan struct{})
	env.current = initRequest
	env.server = &http.Server{Handler: env.runtimeAPI()}
	env.log = f.log.prefixed(env.function.name)
	env.command = exec.Command(env.function.bootstrap)
	env.command.Dir = filepath.Dir(env.function.bootstrap)
	env.command.Stdout, env.command.Stderr = env.log, env.log
	env.command.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // a Ctrl-C at the terminal is for us: Close ends it
	env.command.WaitDelay = f.settings.StopGrace
	f.acct.Lock()
	defer f.acct.Unlock()
	if f.closed {
		_ = listener.Close()
		return errClosed
	}
	env.command.Env = f.variables(env, listener.Addr().String())
	if err := env.command.Start(); err != nil {
		_ = listener.Close()
		return err
	}
	env.started = true
	f.processes[env] = struct{}{}
	go func() { _ = env.server.Serve(listener) }()
	go f.wait(env)
	return nil
}

// wait notes how the process ends.
func (f *Functions) wait(env *environment) {
	err := env.command.Wait()
	var status *exec.ExitError
	if errors.As(err, &status) {
		env.exit = status.Error()
	}
	env.log.flush()
	close(env.exited)
	_ = env.server.Close()
	f.acct.Lock()
	defer f.acct.Unlock()
	delete(f.processes, env)
}

var errClosed = errors.New("no function runs any more: Lambda is closed")

// kill ends the process, with all that it started, at once. The lock is held.
func (env *environment) kill() { env.signal(syscall.SIGKILL) }

func (env *environment) signal(signal syscall.Signal) {
	if env.started && !env.hasExited() {
		_ = syscall.Kill(-env.command.Process.Pid, signal)
	}
}

func (env *environment) hasExited() bool {
	if !env.started {
		return false
	}
	select {
	case <-env.exited:
		return true
	default:
		return false
	}
}

// variables are the environment variables that Lambda sets (developer guide, configuration-envvars), and the
// function's own. Nothing of this process's environment but the search path goes along. The lock is held.
func (f *Functions) variables(env *environment, runtimeAPI string) []string {
	fn := env.function
	variables := map[string]string{
		"PATH":                            "/usr/local/bin:/usr/bin:/bin:/opt/bin:" + os.Getenv("PATH"),
		"LANG":                            "en_US.UTF-8",
		"TZ":                              ":UTC",
		"_HANDLER":                        fn.handler,
		"LAMBDA_TASK_ROOT":                filepath.Dir(fn.bootstrap),
		"LAMBDA_RUNTIME_DIR":              "/var/runtime",
		"AWS_REGION":                      f.acct.Region,
		"AWS_DEFAULT_REGION":              f.acct.Region,
		"AWS_ACCESS_KEY_ID":               env.accessKeyID,
		"AWS_SECRET_ACCESS_KEY":           "local-secret-of-" + env.accessKeyID,
		"AWS_SESSION_TOKEN":               "local-session-of-" + env.accessKeyID,
		"AWS_EC2_METADATA_DISABLED":       "true",
		"AWS_LAMBDA_RUNTIME_API":          runtimeAPI,
		"AWS_LAMBDA_FUNCTION_NAME":        fn.name,
		"AWS_LAMBDA_FUNCTION_VERSION":     latest,
		"AWS_LAMBDA_FUNCTION_MEMORY_SIZE": strconv.Itoa(int(fn.memory)),
		"AWS_LAMBDA_INITIALIZATION_TYPE":  "on-demand",
		"AWS_LAMBDA_LOG_GROUP_NAME":       "/aws/lambda/" + fn.name,
		"AWS_LAMBDA_LOG_STREAM_NAME":      f.acct.Now().Format("2006/01/02/[$LATEST]") + f.acct.Hex(32),
	}
	if f.daemon != "" {
		variables["AWS_XRAY_DAEMON_ADDRESS"] = f.daemon
		variables["AWS_XRAY_CONTEXT_MISSING"] = "LOG_ERROR"
	}
	if f.endpoint != "" {
		variables["AWS_ENDPOINT_URL"] = f.endpoint
	}
	for key, value := range fn.environment {
		variables[key] = value
	}
	list := make([]string, 0, len(variables))
	for key, value := range variables {
		list = append(list, key+"="+value)
	}
	return list
}

// Close ends every process: SIGTERM, and SIGKILL after the grace. No function runs afterwards.
func (f *Functions) Close() {
	f.acct.Lock()
	f.closed = true
	var processes []*environment
	for env := range f.processes {
		env.signal(syscall.SIGTERM)
		processes = append(processes, env)
	}
	tempDirs := f.tempDirs
	f.acct.Unlock()
	grace, cancel := f.wall.WithTimeout(context.Background(), f.settings.StopGrace)
	defer cancel()
	for _, env := range processes {
		select {
		case <-env.exited:
		case <-grace.Done():
			f.acct.Lock()
			env.kill()
			f.acct.Unlock()
			<-env.exited
		}
	}
	for _, dir := range tempDirs {
		_ = os.RemoveAll(dir)
	}
}

// startFailure words why a process could not be started as Lambda does.
func startFailure(requestID string, err error) *Failure {
	why := "Couldn't find valid bootstrap(s): [/var/task/bootstrap /opt/bootstrap]"
	var pathError *fs.PathError
	if errors.As(err, &pathError) && !errors.Is(err, fs.ErrNotExist) {
		why = "fork/exec /var/task/bootstrap: " + pathError.Err.Error()
	}
	return entrypointFailure(requestID, why)
}

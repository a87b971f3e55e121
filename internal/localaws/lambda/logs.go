package lambda

import (
	"bytes"
	"io"
	"sync"
)

// logWriter is where the lines of every function go; each line is written whole.
type logWriter struct {
	mu sync.Mutex
	w  io.Writer
}

func (l *logWriter) redirect(w io.Writer) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.w = w
}

func (l *logWriter) prefixed(name string) *lineWriter {
	return &lineWriter{log: l, prefix: "[" + name + "] "}
}

// lineWriter puts a prefix before each line of one environment's output.
type lineWriter struct {
	log    *logWriter
	prefix string
	mu     sync.Mutex
	rest   []byte // the line that has no end yet
}

func (l *lineWriter) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.rest = append(l.rest, p...)
	for {
		line, rest, ok := bytes.Cut(l.rest, []byte("\n"))
		if !ok {
			return len(p), nil
		}
		l.print(line)
		l.rest = rest
	}
}

// flush writes the last line if it has no end.
func (l *lineWriter) flush() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.rest) > 0 {
		l.print(l.rest)
		l.rest = nil
	}
}

func (l *lineWriter) print(line []byte) {
	l.log.mu.Lock()
	defer l.log.mu.Unlock()
	_, _ = l.log.w.Write([]byte(l.prefix + string(line) + "\n"))
}

package main

import (
	"cmp"
	"fmt"
	"io"
	"os"
	"strings"
	"sync"

	"github.com/charmbracelet/x/term"

	"bluegreen/internal/text"
)

// terminal is where a command speaks: data to out, progress and errors to err.
type terminal struct {
	out, err io.Writer
	live     bool      // err is a terminal: a status line may be drawn over
	shows    bool      // out is a terminal too
	in       io.Reader // where a person answers; nil: nobody does
	cursor   io.Writer // moves err's cursor; nil: err does
}

// openTerminal is the process's own.
func openTerminal() terminal {
	t := terminal{out: os.Stdout, err: os.Stderr, live: term.IsTerminal(os.Stderr.Fd()), shows: term.IsTerminal(os.Stdout.Fd())}
	if t.live && term.IsTerminal(os.Stdin.Fd()) {
		t.in = os.Stdin
	}
	return t
}

// safe is the terminal for what AWS and people have written: that moves no cursor.
func (t terminal) safe() terminal {
	safe := t
	safe.out, safe.err, safe.cursor = text.Writer(t.out), text.Writer(t.err), t.err
	return safe
}

// progress writes lines, and below them, on a terminal, one status line that is drawn over.
type progress struct {
	mu     sync.Mutex
	term   terminal
	status string
}

// Line writes a line that stays.
func (p *progress) Line(format string, args ...any) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.erase()
	fmt.Fprintf(p.term.err, format+"\n", args...)
	p.draw()
}

// Show makes text the status line; the empty text takes it away.
func (p *progress) Show(text string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.term.live || text == p.status {
		return
	}
	p.erase()
	p.status = text
	p.draw()
}

func (p *progress) erase() {
	if p.status != "" {
		fmt.Fprint(cmp.Or(p.term.cursor, p.term.err), "\r\x1b[K")
	}
}

func (p *progress) draw() {
	if p.status != "" {
		fmt.Fprint(p.term.err, strings.TrimRight(p.status, "\n"))
	}
}

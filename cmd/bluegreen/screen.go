package main

import (
	"strings"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"bluegreen/internal/deployments"
	"bluegreen/internal/text"
)

// screen is a block of lines at the end of a terminal that is drawn over, below lines that stay. Where there is no terminal only the
// lines are written. It reads no keys: Ctrl-C is the process's signal, as without it.
type screen struct {
	term    terminal
	program *tea.Program
	ended   chan struct{}
}

// openScreen begins one on the terminal's err. close ends it.
func openScreen(term terminal) *screen {
	s := &screen{term: term}
	if !term.live || !term.shows {
		return s
	}
	s.program = tea.NewProgram(block{}, tea.WithOutput(term.cursor), tea.WithInput(nil), tea.WithoutSignalHandler())
	s.ended = make(chan struct{})
	go func() {
		defer close(s.ended)
		_, _ = s.program.Run() // what cannot be drawn is no reason to end what is watched
	}()
	return s
}

// drawn reports whether there is a block.
func (s *screen) drawn() bool { return s.program != nil }

// line writes a line that stays.
func (s *screen) line(line string) {
	if s.program == nil {
		_, _ = s.term.err.Write([]byte(line + "\n"))
		return
	}
	s.program.Println(text.Line(line))
}

// most is how many lines a block has at most: a terminal's, less the empty one, and one for the cursor.
const most = 22

// show draws the block again.
func (s *screen) show(lines []string) {
	if s.program != nil {
		s.program.Send(block{lines: lines[:min(most, len(lines))]})
	}
}

// close leaves the block as it stands.
func (s *screen) close() {
	if s.program != nil {
		s.program.Quit()
		<-s.ended
	}
}

// block is what is drawn.
type block struct{ lines []string }

// Init implements tea.Model.
func (b block) Init() tea.Cmd { return nil }

// Update implements tea.Model: a block takes the place of the one before.
func (b block) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	if next, ok := msg.(block); ok {
		return next, nil
	}
	return b, nil
}

// View implements tea.Model. An empty line ends it: what is typed, and what is written once it has ended, stands there.
func (b block) View() tea.View { return tea.NewView(strings.Join(append(b.lines, ""), "\n")) }

// colours are what a mark looks like besides its sign. bubbletea leaves them out where NO_COLOR or the terminal asks for that.
var colours = map[deployments.Mark]ansi.Style{
	deployments.Done:  ansi.NewStyle().ForegroundColor(ansi.Green),
	deployments.Now:   ansi.NewStyle().Bold().ForegroundColor(ansi.Yellow),
	deployments.Later: ansi.NewStyle().Faint(),
	deployments.Bad:   ansi.NewStyle().Bold().ForegroundColor(ansi.Red),
}

// paint puts a mark's colour on a text.
func paint(m deployments.Mark, s string) string { return colours[m].Styled(s) }

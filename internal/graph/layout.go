package graph

// layout is where a machine's states stand, and how the lines between them run, in pixels. Choices, waits and what only notes
// something have no place: they are part of the line, and a state that is looked at again has a loop.
type layout struct {
	width, height int
	lanes         []lane
	places        map[string]point // of a state's middle
	lines         []line
	loops         []string // states that are looked at again
	leftOut       []omission
	uncaught      string // what it means that a state which catches no error fails
	noReturn      int    // x of the point of no return; 0: there is none
	notes         []note
}

type point struct{ x, y int }

// lane is a band across the picture.
type lane struct {
	title  string
	x      int // where its title begins
	y      int // of its top
	height int
	kind   string // class of its states
}

// line is drawn from one state to another: out of a side of it, then by turns up or down and across, to each of via, and in at a side.
type line struct {
	from string
	out  anchor
	to   string
	in   anchor
	via  []int // y and x by turns where it leaves up or down, x and y where it leaves sideways
	kind string
}

// anchor is a place on a box's edge: a side, and how far from its middle.
type anchor struct {
	side  side
	shift int
}

type side int

const (
	left side = iota
	right
	top
	bottom
)

// The kinds of lines.
const (
	plain  = "way"    // as it should go
	faulty = "fault"  // the way back, or a refusal
	taken  = "taken"  // what an ended execution left
	resume = "resume" // on to what was asked for, once that is finished or undone
)

// omission is a step that is not drawn, and why.
type omission struct {
	from []string
	to   string
	why  string
}

// note is a text on the picture.
type note struct {
	at   point
	text string
	kind string
}

// A box's size, and how far apart the columns are.
const (
	boxWidth  = 100
	boxHeight = 48
	pitch     = 118
)

// column is the middle of a column, counted from 1.
func column(n int) int { return 96 + (n-1)*pitch }

// margin is where the lanes begin, and titleLeft the titles that stand at their left.
const (
	margin    = 44
	titleLeft = margin + 8
)

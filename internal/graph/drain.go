package graph

var drainLayout = layout{
	width: 432, height: 150,
	lanes: []lane{{"an instance that a terminating hook holds", titleLeft, 42, 78, "forward"}},
	places: map[string]point{
		"DrainInstance": {column(1) + 60, 88},
		"Drained":       {column(3), 88},
	},
	lines:    []line{{"DrainInstance", anchor{right, 0}, "Drained", anchor{left, 0}, nil, plain}},
	loops:    []string{"DrainInstance"},
	uncaught: "failing for good, the execution fails",
}

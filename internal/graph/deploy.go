package graph

// The rows of the machine that deploys, and the lines that run between them.
const (
	rowTakeOver = 88
	rowForward  = 226
	rowBack     = 376

	lineBack     = 136 // from TakeOver to DescribeBlue
	lineTakeOver = 154 // from DescribeBlue to TakeOver
	lineNothing  = 172 // from DescribeBlue to the end
	lineFault    = 296 // to the way back
	lineUnpin    = 420
	lineAgain    = 440 // to DescribeBlue, once all is undone or finished
	lineDone     = 458 // to the end, once all is undone
)

// lanesTo are the lanes of a machine that deploys, of so many columns.
func lanesTo(last int) []lane {
	return []lane{
		{"refused, or taken over from an execution that has ended", titleLeft, 42, 78, "over"},
		{"forward", column(last) - boxWidth/2, 186, 78, "forward"},
		{"the way back", titleLeft, 336, 78, "back"},
	}
}

var deployLayout = layout{
	width: 1236, height: 500,
	lanes: lanesTo(10),
	places: map[string]point{
		"Rejected":        {column(1), rowTakeOver},
		"ReportRejection": {column(2), rowTakeOver},
		"TakeOver":        {column(4), rowTakeOver},

		"DescribeBlue":      {column(1), rowForward},
		"Claim":             {column(2), rowForward},
		"BuildImage":        {column(3), rowForward},
		"CreateGreen":       {column(4), rowForward},
		"WaitHealthy":       {column(5), rowForward},
		"SwitchTraffic":     {column(6), rowForward},
		"ScaleInBlue":       {column(7), rowForward},
		"CompleteLifecycle": {column(8), rowForward},
		"ReportSuccess":     {column(9), rowForward},
		"Succeeded":         {column(10), rowForward},

		"RestoreTraffic": {column(6), rowBack},
		"RestoreBlue":    {column(5), rowBack},
		"RemoveGreen":    {column(4), rowBack},
		"DrainGreen":     {column(3), rowBack},
		"ReportRollback": {column(2), rowBack},
		"RolledBack":     {column(1), rowBack},
	},
	lines: []line{
		{"DescribeBlue", anchor{right, 0}, "Claim", anchor{left, 0}, nil, plain},
		{"Claim", anchor{right, 0}, "BuildImage", anchor{left, 0}, nil, plain},
		{"Claim", anchor{bottom, 20}, "CreateGreen", anchor{bottom, -20}, []int{270}, plain},
		{"BuildImage", anchor{right, 0}, "CreateGreen", anchor{left, 0}, nil, plain},
		{"CreateGreen", anchor{right, 0}, "WaitHealthy", anchor{left, 0}, nil, plain},
		{"WaitHealthy", anchor{right, 0}, "SwitchTraffic", anchor{left, 0}, nil, plain},
		{"SwitchTraffic", anchor{right, 0}, "ScaleInBlue", anchor{left, 0}, nil, plain},
		{"ScaleInBlue", anchor{right, 0}, "CompleteLifecycle", anchor{left, 0}, nil, plain},
		{"CompleteLifecycle", anchor{right, 0}, "ReportSuccess", anchor{left, 0}, nil, plain},
		{"ReportSuccess", anchor{right, 0}, "Succeeded", anchor{left, 0}, nil, plain},
		{"DescribeBlue", anchor{top, 24}, "ReportSuccess", anchor{top, -24}, []int{lineNothing}, plain},

		{"DescribeBlue", anchor{top, -24}, "ReportRejection", anchor{bottom, -24}, []int{lineTakeOver}, faulty},
		{"Claim", anchor{top, 24}, "ReportRejection", anchor{bottom, 24}, nil, faulty},
		{"TakeOver", anchor{left, 0}, "ReportRejection", anchor{right, 0}, nil, faulty},
		{"ReportRejection", anchor{left, 0}, "Rejected", anchor{right, 0}, nil, faulty},

		{"Claim", anchor{bottom, 0}, "RestoreTraffic", anchor{top, 0}, []int{lineFault}, faulty},
		{"BuildImage", anchor{bottom, 0}, "RestoreTraffic", anchor{top, 0}, []int{lineFault}, faulty},
		{"CreateGreen", anchor{bottom, 0}, "RestoreTraffic", anchor{top, 0}, []int{lineFault}, faulty},
		{"WaitHealthy", anchor{bottom, 0}, "RestoreTraffic", anchor{top, 0}, []int{lineFault}, faulty},
		{"SwitchTraffic", anchor{bottom, 0}, "RestoreTraffic", anchor{top, 0}, nil, faulty},
		{"ScaleInBlue", anchor{bottom, -24}, "RestoreTraffic", anchor{top, 0}, []int{lineFault}, faulty},
		{"RestoreTraffic", anchor{left, 0}, "RestoreBlue", anchor{right, 0}, nil, faulty},
		{"RestoreBlue", anchor{left, 0}, "RemoveGreen", anchor{right, 0}, nil, faulty},
		{"RemoveGreen", anchor{left, 0}, "DrainGreen", anchor{right, 0}, nil, faulty},
		{"DrainGreen", anchor{left, 0}, "ReportRollback", anchor{right, 0}, nil, faulty},
		{"ReportRollback", anchor{left, 0}, "RolledBack", anchor{right, 0}, nil, faulty},
		{"DrainGreen", anchor{bottom, 24}, "RestoreBlue", anchor{bottom, 0}, []int{lineUnpin}, faulty},

		{"DescribeBlue", anchor{top, 0}, "TakeOver", anchor{bottom, 16}, []int{lineTakeOver}, taken},
		{"TakeOver", anchor{bottom, -16}, "DescribeBlue", anchor{top, -8}, []int{lineBack}, resume},
		{"TakeOver", anchor{right, 14}, "RestoreTraffic", anchor{right, 0}, []int{column(7) - pitch/2}, taken},
		{"TakeOver", anchor{right, 0}, "ScaleInBlue", anchor{top, -24}, []int{column(7) - 24}, taken},
		{"TakeOver", anchor{right, -18}, "ReportSuccess", anchor{top, 8}, []int{column(9) + 8}, resume},
		{"CompleteLifecycle", anchor{bottom, 0}, "DescribeBlue", anchor{left, 14}, []int{lineAgain, 24}, resume},
		{"DrainGreen", anchor{bottom, -24}, "DescribeBlue", anchor{left, 14}, []int{lineAgain, 24}, resume},
		{"DrainGreen", anchor{bottom, 0}, "ReportSuccess", anchor{bottom, 0}, []int{lineDone}, resume},
	},
	loops: []string{"TakeOver", "BuildImage", "WaitHealthy", "SwitchTraffic", "CompleteLifecycle", "RestoreTraffic", "RemoveGreen", "DrainGreen"},
	leftOut: []omission{
		{[]string{"DescribeBlue"}, "Rejected", "of a request too large to be reported on: it goes past the report"},
		{[]string{"BuildImage", "CreateGreen", "WaitHealthy", "SwitchTraffic", "ScaleInBlue", "CompleteLifecycle", "RestoreTraffic", "RestoreBlue", "RemoveGreen", "DrainGreen"},
			"ReportRejection", "another execution holds the lineage: whatever is done then, it is not done by this one"},
	},
	uncaught: "failing for good, it is Stranded: a redrive tries it again",
	noReturn: column(7),
	notes: []note{
		{point{column(2) + 60, lineFault - 5}, "any fault", "fault"},
		{point{column(4) + 60, rowTakeOver + 30}, "undo", "taken"},
		{point{column(5) + 34, rowTakeOver - 4}, "finish", "taken"},
		{point{column(4) + 62, lineNothing - 5}, "only a plan, or nothing to recover", "way"},
		{point{column(4), lineAgain + 14}, "on to what was asked for, once all is finished or undone", "resume"},
		{point{column(7) + 8, 34}, "point of no return", "noreturn"},
	},
}

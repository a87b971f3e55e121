package graph

// inPlaceLayout has the rows of the machine that deploys.
var inPlaceLayout = layout{
	width: 1000, height: 500,
	lanes: lanesTo(8),
	places: map[string]point{
		"Rejected":        {column(1), rowTakeOver},
		"ReportRejection": {column(2), rowTakeOver},
		"TakeOver":        {column(4), rowTakeOver},

		"DescribeBlue":    {column(1), rowForward},
		"Claim":           {column(2), rowForward},
		"LaunchInstances": {column(3), rowForward},
		"JoinGroup":       {column(4), rowForward},
		"EndPrevious":     {column(5), rowForward},
		"DrainPrevious":   {column(6), rowForward},
		"ReportSuccess":   {column(7), rowForward},
		"Succeeded":       {column(8), rowForward},

		"DrainNew":       {column(6), rowBack},
		"RestoreGroup":   {column(4), rowBack},
		"ReportRollback": {column(2), rowBack},
		"RolledBack":     {column(1), rowBack},
	},
	lines: []line{
		{"DescribeBlue", anchor{right, 0}, "Claim", anchor{left, 0}, nil, plain},
		{"Claim", anchor{right, 0}, "LaunchInstances", anchor{left, 0}, nil, plain},
		{"LaunchInstances", anchor{right, -12}, "JoinGroup", anchor{left, -12}, nil, plain},
		{"JoinGroup", anchor{left, 12}, "LaunchInstances", anchor{right, 12}, nil, plain},
		{"JoinGroup", anchor{right, 0}, "EndPrevious", anchor{left, 0}, nil, plain},
		{"EndPrevious", anchor{right, -12}, "DrainPrevious", anchor{left, -12}, nil, plain},
		{"DrainPrevious", anchor{left, 12}, "EndPrevious", anchor{right, 12}, nil, plain},
		{"EndPrevious", anchor{bottom, 24}, "ReportSuccess", anchor{bottom, 0}, []int{274}, plain},
		{"ReportSuccess", anchor{right, 0}, "Succeeded", anchor{left, 0}, nil, plain},
		{"DescribeBlue", anchor{top, 24}, "ReportSuccess", anchor{top, -24}, []int{lineNothing}, plain},

		{"DescribeBlue", anchor{top, -24}, "ReportRejection", anchor{bottom, -24}, []int{lineTakeOver}, faulty},
		{"Claim", anchor{top, 24}, "ReportRejection", anchor{bottom, 24}, nil, faulty},
		{"TakeOver", anchor{left, 0}, "ReportRejection", anchor{right, 0}, nil, faulty},
		{"ReportRejection", anchor{left, 0}, "Rejected", anchor{right, 0}, nil, faulty},

		{"Claim", anchor{bottom, 0}, "RestoreGroup", anchor{top, 0}, []int{lineFault}, faulty},
		{"LaunchInstances", anchor{bottom, 0}, "RestoreGroup", anchor{top, 0}, []int{lineFault}, faulty},
		{"JoinGroup", anchor{bottom, 0}, "RestoreGroup", anchor{top, 0}, nil, faulty},
		{"EndPrevious", anchor{bottom, -24}, "RestoreGroup", anchor{top, 0}, []int{lineFault}, faulty},
		{"RestoreGroup", anchor{right, -12}, "DrainNew", anchor{left, -12}, nil, faulty},
		{"DrainNew", anchor{left, 12}, "RestoreGroup", anchor{right, 12}, nil, faulty},
		{"RestoreGroup", anchor{left, 0}, "ReportRollback", anchor{right, 0}, nil, faulty},
		{"ReportRollback", anchor{left, 0}, "RolledBack", anchor{right, 0}, nil, faulty},

		{"DescribeBlue", anchor{top, 0}, "TakeOver", anchor{bottom, 16}, []int{lineTakeOver}, taken},
		{"TakeOver", anchor{bottom, -16}, "DescribeBlue", anchor{top, -8}, []int{lineBack}, resume},
		{"TakeOver", anchor{right, 14}, "RestoreGroup", anchor{top, 24}, []int{column(4) + pitch/2, lineFault + 12}, taken},
		{"TakeOver", anchor{right, 0}, "EndPrevious", anchor{top, -24}, []int{column(5) - 24}, taken},
		{"TakeOver", anchor{right, -18}, "ReportSuccess", anchor{top, 8}, []int{column(7) + 8}, resume},
		{"EndPrevious", anchor{bottom, 0}, "DescribeBlue", anchor{left, 14}, []int{lineAgain, 24}, resume},
		{"RestoreGroup", anchor{bottom, -24}, "DescribeBlue", anchor{left, 14}, []int{lineAgain, 24}, resume},
		{"RestoreGroup", anchor{bottom, 0}, "ReportSuccess", anchor{bottom, 20}, []int{lineDone}, resume},
	},
	loops: []string{"TakeOver", "LaunchInstances", "JoinGroup", "EndPrevious", "DrainPrevious", "RestoreGroup", "DrainNew"},
	leftOut: []omission{
		{[]string{"DescribeBlue"}, "Rejected", "of a request too large to be reported on: it goes past the report"},
		{[]string{"LaunchInstances", "JoinGroup", "EndPrevious", "DrainPrevious", "RestoreGroup", "DrainNew"},
			"ReportRejection", "another execution holds the lineage: whatever is done then, it is not done by this one"},
	},
	uncaught: "failing for good, it is Stranded: a redrive tries it again",
	noReturn: column(5),
	notes: []note{
		{point{column(2) + 60, lineFault - 5}, "any fault", "fault"},
		{point{column(4) + 62, lineNothing - 5}, "only a plan, or nothing to do", "way"},
		{point{column(5) + 8, 34}, "point of no return", "noreturn"},
	},
}

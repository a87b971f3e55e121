package scenario

import (
	"cmp"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/cockroachdb/datadriven"

	"bluegreen/internal/localaws"
	"bluegreen/internal/localaws/account"
	"bluegreen/internal/localaws/world"
	"bluegreen/internal/rehearsal"
)

// worldOptions are what the arguments of a scenario's world say.
func worldOptions(args []datadriven.CmdArg) (rehearsal.Options, error) {
	settings := localaws.DefaultSettings()
	options := rehearsal.Options{Seed: 1, Settings: &settings, Plan: world.DefaultPlan()}
	for _, arg := range args {
		set, ok := worldArguments[arg.Key]
		if !ok {
			return options, fmt.Errorf("world knows no %q; it knows %s", arg.Key, strings.Join(slices.Sorted(maps.Keys(worldArguments)), ", "))
		}
		value := ""
		if len(arg.Vals) > 0 {
			value = arg.Vals[0]
		}
		if err := set(&options, value); err != nil {
			return options, fmt.Errorf("world %s=%s: %w", arg.Key, value, err)
		}
	}
	return options, nil
}

type worldArgument func(o *rehearsal.Options, value string) error

// worldArguments are what a scenario can say of its world: the fleet, and how long things take in it. A time that
// varies is a range: boot=10s-40s.
var worldArguments = map[string]worldArgument{
	"seed": func(o *rehearsal.Options, value string) (err error) {
		o.Seed, err = strconv.ParseUint(value, 10, 64)
		return err
	},
	"start": func(o *rehearsal.Options, value string) (err error) {
		o.Start, err = time.Parse(time.RFC3339, value)
		return err
	},
	"guardrails": func(o *rehearsal.Options, _ string) error {
		dir, err := os.MkdirTemp("", "bluegreen-guardrails-")
		o.Guardrails = filepath.Join(dir, "guardrails.json")
		return err
	},
	"group":      word(func(o *rehearsal.Options, s string) { o.Plan.Group = s }),
	"desired":    whole(func(o *rehearsal.Options, n int) { o.Plan.Desired = int32(n) }),
	"min":        whole(func(o *rehearsal.Options, n int) { o.Plan.Min = int32(n) }),
	"max":        whole(func(o *rehearsal.Options, n int) { o.Plan.Max = int32(n) }),
	"unbalanced": present(func(o *rehearsal.Options) { o.Plan.Balanced = false }),
	"network":    present(func(o *rehearsal.Options) { o.Plan.Network = true }),
	"guarded":    present(func(o *rehearsal.Options) { o.Plan.Guarded = true }),
	"classic": func(o *rehearsal.Options, value string) (err error) {
		o.Plan.Classics, err = strconv.Atoi(cmp.Or(value, "1"))
		return err
	},
	"record":          word(func(o *rehearsal.Options, s string) { o.Plan.Record = s }),
	"private-zone":    present(func(o *rehearsal.Options) { o.Plan.PrivateZone = true }),
	"propagation":     spread(func(s *localaws.Settings, d account.Duration) { s.Route53.Propagation = d }),
	"traffic-sources": present(func(o *rehearsal.Options) { o.Plan.TrafficSources = true }),
	"target-groups":   whole(func(o *rehearsal.Options, n int) { o.Plan.TargetGroups = n }),
	"region":          word(func(o *rehearsal.Options, s string) { o.Plan.Region = s }),
	"zones":           whole(func(o *rehearsal.Options, n int) { o.Plan.Zones = n }),
	"source":          word(func(o *rehearsal.Options, s string) { o.Plan.Source = world.Source(s) }),
	"weights":         words(func(o *rehearsal.Options, all []string) { o.Plan.Source, o.Plan.Weights = world.FromPolicy, all }),
	"counts":          word(func(o *rehearsal.Options, s string) { o.Plan.CapacityType = s }),
	"version":         word(func(o *rehearsal.Options, s string) { o.Plan.TemplateVersion = s }),
	"image":           word(func(o *rehearsal.Options, s string) { o.Plan.NextImage = s }),
	"health":          word(func(o *rehearsal.Options, s string) { o.Plan.HealthCheckType = s }),
	"delay":           length(func(o *rehearsal.Options, d time.Duration) { o.Plan.DeregistrationDelay = d }),
	"grace":           length(func(o *rehearsal.Options, d time.Duration) { o.Plan.Grace = d }),
	"interval":        length(func(o *rehearsal.Options, d time.Duration) { check(o).Interval = d }),
	"check-timeout":   length(func(o *rehearsal.Options, d time.Duration) { check(o).Timeout = d }),
	"healthy":         whole(func(o *rehearsal.Options, n int) { check(o).Healthy = int32(n) }),
	"unhealthy":       whole(func(o *rehearsal.Options, n int) { check(o).Unhealthy = int32(n) }),
	"tags": whole(func(o *rehearsal.Options, n int) {
		o.Plan.Tags = make(map[string]string)
		for i := range n {
			o.Plan.Tags[fmt.Sprintf("Tag%d", i+1)] = strconv.Itoa(i + 1)
		}
	}),
	"hook-launch": length(func(o *rehearsal.Options, d time.Duration) {
		o.Plan.Hooks = append(o.Plan.Hooks, world.Hook{Name: "launch", Launching: true, Heartbeat: d})
	}),
	"hook-terminate": length(func(o *rehearsal.Options, d time.Duration) {
		o.Plan.Hooks = append(o.Plan.Hooks, world.Hook{Name: "terminate", Heartbeat: d})
	}),
	"builders":      present(func(o *rehearsal.Options) { o.Plan.Builds = true }),
	"in-place":      present(func(o *rehearsal.Options) { o.Plan.InPlace = true }),
	"builder-zones": words(func(o *rehearsal.Options, all []string) { o.Plan.BuilderZones = all }),
	"protected":     present(func(o *rehearsal.Options) { o.Plan.Protected = true }),
	"suspended":     words(func(o *rehearsal.Options, all []string) { o.Plan.Suspended = all }),
	"metrics":       words(func(o *rehearsal.Options, all []string) { o.Plan.Metrics = all }),
	"termination":   words(func(o *rehearsal.Options, all []string) { o.Plan.TerminationPolicies = all }),
	"boot":          spread(func(s *localaws.Settings, d account.Duration) { s.EC2.Boot = d }),
	"pending":       spread(func(s *localaws.Settings, d account.Duration) { s.EC2.Pending = d }),
	"shutdown":      spread(func(s *localaws.Settings, d account.Duration) { s.EC2.ShuttingDown = d }),
	"stale-starts":  present(func(o *rehearsal.Options) { o.Settings.AutoScaling.StaleStarts = true }),
	"max-groups":    whole(func(o *rehearsal.Options, n int) { o.Settings.AutoScaling.MaxGroups = n }),
	"tick":          spread(func(s *localaws.Settings, d account.Duration) { s.AutoScaling.Tick = d }),
	"proceed":       spread(func(s *localaws.Settings, d account.Duration) { s.AutoScaling.Proceed = d }),
	"lag":           spread(func(s *localaws.Settings, d account.Duration) { s.AutoScaling.DescribeLag = d }),
	"notice":        spread(func(s *localaws.Settings, d account.Duration) { s.AutoScaling.HealthCheck = d }),
	"attach":        spread(func(s *localaws.Settings, d account.Duration) { s.AutoScaling.Attach = d }),
	"delete":        spread(func(s *localaws.Settings, d account.Duration) { s.AutoScaling.Delete = d }),
	"registration": spread(func(s *localaws.Settings, d account.Duration) {
		s.ELBv2.Registration, s.Classic.Registration = d, d
	}),
	"network-lag": spread(func(s *localaws.Settings, d account.Duration) { s.ELBv2.NetworkLag = d }),
	"registers":   spread(func(s *localaws.Settings, d account.Duration) { s.SSM.Registration = d }),
	"images":      spread(func(s *localaws.Settings, d account.Duration) { s.EC2.ImageAvailable = d }),
	"reboot":      spread(func(s *localaws.Settings, d account.Duration) { s.EC2.Reboot = d }),
	"delivery":    spread(func(s *localaws.Settings, d account.Duration) { s.SSM.Delivery = d }),
	"latency":     spread(func(s *localaws.Settings, d account.Duration) { s.Wire.Latency = d }),
}

func check(o *rehearsal.Options) *world.Check {
	if o.Plan.Check == (world.Check{}) {
		o.Plan.Check = world.DefaultCheck()
	}
	return &o.Plan.Check
}

func present(set func(*rehearsal.Options)) worldArgument {
	return func(o *rehearsal.Options, _ string) error {
		set(o)
		return nil
	}
}

func word(set func(*rehearsal.Options, string)) worldArgument {
	return func(o *rehearsal.Options, value string) error {
		set(o, value)
		return nil
	}
}

// words are separated by +, since a comma has a meaning in a scenario's arguments.
func words(set func(*rehearsal.Options, []string)) worldArgument {
	return func(o *rehearsal.Options, value string) error {
		set(o, strings.Split(value, "+"))
		return nil
	}
}

func whole(set func(*rehearsal.Options, int)) worldArgument {
	return func(o *rehearsal.Options, value string) error {
		n, err := strconv.Atoi(value)
		set(o, n)
		return err
	}
}

func length(set func(*rehearsal.Options, time.Duration)) worldArgument {
	return func(o *rehearsal.Options, value string) error {
		d, err := time.ParseDuration(value)
		set(o, d)
		return err
	}
}

func spread(set func(*localaws.Settings, account.Duration)) worldArgument {
	return func(o *rehearsal.Options, value string) error {
		least, most, varies := strings.Cut(value, "-")
		if !varies {
			most = least
		}
		var d account.Duration
		var err error
		if d.Min, err = time.ParseDuration(least); err != nil {
			return err
		}
		d.Max, err = time.ParseDuration(most)
		set(o.Settings, d)
		return err
	}
}

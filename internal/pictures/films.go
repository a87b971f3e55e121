package main

import (
	"io"
	"strings"

	"bluegreen/internal/localaws/world"
)

// is fits instances in a lifecycle state with a health as targets.
func is(lifecycle, health string) func(instance) bool {
	return func(i instance) bool { return strings.HasPrefix(i.lifecycle, lifecycle) && i.health == health }
}

// drawReplacement draws how green takes blue's place behind a load balancer.
func drawReplacement(out io.Writer) error {
	f, err := rehearse(world.DefaultPlan(), replacement)
	if err != nil {
		return err
	}
	s := &scene{film: f, width: 860, height: 404, speed: 12}
	looks := []look{
		{"leaving", "leaving", instance.leaves},
		{"starting", "starting", func(i instance) bool { return strings.HasPrefix(i.lifecycle, "Pending") }},
		{"healthy", "serving", is("InService", "healthy")},
		{"draining", "draining", is("InService", "draining")},
		{"checked", "checked", is("InService", "initial")},
		{"in service", "idle", is("InService", "")},
	}
	return s.write(out, "A fleet is replaced, and no request fails", func() {
		s.captions(52, 3)
		s.put(`<rect class="balancer" x="330" y="104" width="200" height="30" rx="6"/><text class="balancer" x="430" y="124">load balancer</text>`)
		for n, group := range s.groups() {
			x := 24 + n*(panelWidth+20)
			of := func(fits func(instance) bool) func(int) bool {
				return s.any(func(i instance) bool { return i.group == group && fits(i) })
			}
			class := []string{"blue", "green"}[n]
			s.when(of(is("InService", "healthy")), `<path class="requests %s" d="M%d 134V146H%dV168"/>`, class, 400+60*n, x+panelWidth/2)
			s.when(of(is("InService", "draining")), `<path class="last %s" d="M%d 134V146H%dV168"/>`, class, 400+60*n, x+panelWidth/2)
			s.panel(group, class, x, 170, looks)
		}
		s.timeline(326)
		s.put(`<text class="note" x="24" y="388">Played on the model of AWS, %d times as fast. Solid: new requests. Dashed: requests under way end.</text>`, s.speed)
	})
}

// drawScaleIn draws how an instance ends its work before it ends.
func drawScaleIn(out io.Writer) error {
	f, err := rehearse(workers(), scaleIn)
	if err != nil {
		return err
	}
	s := &scene{film: f, width: 860, height: 408, speed: 8}
	held := func(i instance) bool { return i.lifecycle == "Terminating:Wait" }
	working := func(i instance) bool { return i.working }
	looks := []look{
		{"drains", "draining", working},
		{"held", "checked", held},
		{"leaving", "leaving", instance.leaves},
		{"works", "serving", is("InService", "")},
	}
	steps := []struct {
		text string
		seen func(int) bool
	}{
		{"the fleet is scaled in from 4 to 3", s.any(instance.leaves)},
		{"the lifecycle hook holds the instance", s.any(held)},
		{"its event starts the machine GracefulShutdown", s.any(held)},
		{"systemctl stop mqagt: the job under way ends", s.any(working)},
		{"the hook is completed, and the instance goes", s.any(func(i instance) bool { return i.lifecycle == "Terminating:Proceed" })},
	}
	return s.write(out, "A fleet is scaled in, and no job dies", func() {
		s.captions(54, 1)
		s.panel(s.groups()[0], "green", 24, 136, looks)
		for n, step := range steps {
			y := 108 + 38*n
			const box = `<rect class="step%s" x="460" y="%d" width="376" height="30" rx="5"/><text class="step" x="474" y="%d">%d. %s</text>`
			s.put(box, "", y, y+20, n+1, step.text)
			s.when(step.seen, box, " now", y, y+20, n+1, step.text)
		}
		s.timeline(332)
		s.put(`<text class="note" x="24" y="392">Played on the model of AWS, %d times as fast.</text>`, s.speed)
	})
}

// Package buildimage makes the image that green is launched from: on a builder, which is launched from what blue launches from, runs
// the request's commands, and is ended. Then it looks at blue once more, since that may have taken hours.
package buildimage

import (
	"context"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"bluegreen/internal/announce"
	"bluegreen/internal/builder"
	"bluegreen/internal/deploy"
	"bluegreen/internal/fault"
	"bluegreen/internal/lambdaentry"
	"bluegreen/internal/ledger"
	"bluegreen/internal/step"
	"bluegreen/internal/survey"
)

type handler struct {
	maker    builder.Maker
	surveyor survey.Surveyor
}

// New makes the state's work.
func New(cfg aws.Config, env lambdaentry.Environment) lambdaentry.Handle {
	h := handler{
		maker:    builder.NewMaker(cfg, env.BuildLogs),
		surveyor: survey.New(cfg, survey.Configured(env)),
	}
	return announce.ToPeople(cfg, env, step.Remembering(ledger.Open(cfg, env.LedgerTable), h.look))
}

// The phases, one after the other.
const (
	launching = "" // the builder
	reaching  = "reaching"
	running   = "running"
	draining  = "draining"
	imaging   = "imaging"
	ending    = "ending"
)

// memory is what a look must know of the one before.
type memory struct {
	Builder string     `json:"builder,omitempty"` // id
	Command int        `json:"command,omitempty"` // how many have ended
	Began   *time.Time `json:"began,omitempty"`   // when the first was sent
	Image   string     `json:"image,omitempty"`   // id
}

// work is one look.
type work struct {
	handler
	*step.Step
	*memory
	build deploy.Build // that the request asks for
}

func (h handler) look(ctx context.Context, s *step.Step, m *memory) (deploy.Loop, error) {
	p := s.Begin()
	request, err := deploy.ParseRequest(s.Execution.Input)
	if err != nil {
		return p, err
	}
	if request.Green.Build == nil || s.Deployment.Build == nil {
		return p, fault.New(fault.Bug, "BuildImage was called, and no image is to be built")
	}
	w := work{handler: h, Step: s, memory: m, build: *request.Green.Build}
	switch p.Phase {
	case launching:
		return w.launch(ctx, p)
	case reaching:
		return w.reach(ctx, p)
	case running:
		return w.run(ctx, p)
	case draining:
		return w.drain(ctx, p)
	case imaging:
		return w.image(ctx, p)
	}
	return w.end(ctx, p)
}

// enter begins a phase: its first look comes soon.
func (w work) enter(p deploy.Loop, phase, message string) deploy.Loop {
	p.Phase, p.Since = phase, w.Entered
	return w.Again(p, message)
}

func (w work) launch(ctx context.Context, p deploy.Loop) (deploy.Loop, error) {
	id, refused, err := w.maker.Launch(ctx, w.Step, w.build.UserData)
	if err != nil {
		return p, err
	}
	if refused != "" {
		return w.Again(p, fmt.Sprintf("EC2 launches no builder %s; the next subnet is tried", refused)), nil
	}
	w.Builder = id
	return w.enter(p, reaching, fmt.Sprintf("the builder %s is launched", id)), nil
}

func (w work) reach(ctx context.Context, p deploy.Loop) (deploy.Loop, error) {
	reached, err := w.maker.Reached(ctx, w.Step, p, w.Builder)
	if err != nil {
		return p, err
	}
	if !reached {
		return w.Wait(p, fmt.Sprintf("Systems Manager does not see the builder %s yet", w.Builder)), nil
	}
	w.Began = &w.Entered
	return w.enter(p, running, fmt.Sprintf("Systems Manager sees the builder %s", w.Builder)), nil
}

// run has the builder run the command that is due. Each command's end has a look of its own, whose message says how long it took and
// what it wrote last.
func (w work) run(ctx context.Context, p deploy.Loop) (deploy.Loop, error) {
	if _, _, err := w.maker.Look(ctx, w.Builder); err != nil {
		return p, err
	}
	command := w.build.Commands[w.Command]
	which := fmt.Sprintf("command %d of %d (%s)", w.Command+1, len(w.build.Commands), cut(command))
	left := w.build.Runs() - w.Elapsed(p)
	ran, err := w.maker.Run(ctx, w.Step, w.Builder, w.Command+1, command, left)
	switch {
	case err != nil:
		return p, err
	case !ran.Ended && left < -overdue:
		return p, fault.New(fault.BuildFailed, "%s of green.image.build has not ended on the builder %s within the %s that the commands may take", which, w.Builder, w.build.Runs())
	case !ran.Ended:
		return w.Wait(p, fmt.Sprintf("%s runs on the builder %s", which, w.Builder)), nil
	case !ran.Succeeded:
		return p, fault.New(fault.BuildFailed, "%s of green.image.build failed on the builder %s after %s (%s, exit code %d); what it wrote last: %s%s",
			which, w.Builder, ran.Took, ran.Details, ran.Code, orNothing(ran.Output), w.maker.Whole(ran))
	}
	w.Command++
	said := fmt.Sprintf("%s took %s; what it wrote last: %s", which, ran.Took, orNothing(ran.Output))
	if w.Command == len(w.build.Commands) {
		return w.enter(p, draining, said), nil
	}
	return w.Again(p, said), nil
}

// overdue is how much later than its time a command's end may be shown.
const overdue = 3 * time.Minute

func (w work) drain(ctx context.Context, p deploy.Loop) (deploy.Loop, error) {
	over, err := w.maker.Drain(ctx, w.Step, w.Builder, builder.BeforeImage, ledger.Creating)
	if err != nil {
		return p, err
	}
	if !over {
		return w.Wait(p, fmt.Sprintf("the builder %s drains", w.Builder)), nil
	}
	return w.enter(p, imaging, fmt.Sprintf("EC2 is to make an image of the builder %s", w.Builder)), nil
}

func (w work) image(ctx context.Context, p deploy.Loop) (deploy.Loop, error) {
	image, shown, err := w.maker.Image(ctx, w.Step, w.Builder, w.build.Reboot)
	if err != nil {
		return p, err
	}
	name, within := w.Deployment.Build.Name, w.build.Makes(p.Since.Sub(*w.Began)).Round(time.Second)
	switch {
	case shown && image.State == "available":
		w.Image = aws.ToString(image.ImageId)
		return w.enter(p, ending, fmt.Sprintf("image %s (%s) of the builder %s is available", w.Image, name, w.Builder)), nil
	case w.Elapsed(p) >= within:
		return p, fault.New(fault.BuildFailed, "image %s of the builder %s was not available after %s, which green.image.build leaves it", name, w.Builder, within)
	case shown:
		return w.Wait(p, fmt.Sprintf("image %s (%s) is %s", aws.ToString(image.ImageId), name, image.State)), nil
	}
	if _, _, err := w.maker.Look(ctx, w.Builder); err != nil {
		return p, err
	}
	return w.Wait(p, fmt.Sprintf("image %s is not shown yet", name)), nil
}

// end ends the builder. Then blue is looked at once more.
func (w work) end(ctx context.Context, p deploy.Loop) (deploy.Loop, error) {
	done, err := w.maker.End(ctx, w.Step)
	if err != nil {
		return p, err
	}
	if !done {
		return w.Wait(p, fmt.Sprintf("the builder %s is being ended", w.Builder)), nil
	}
	if err := w.maker.Close(ctx, w.Step); err != nil {
		return p, err
	}
	if err := w.lookAgain(ctx); err != nil {
		return p, err
	}
	return p.Finished(deploy.Done, fmt.Sprintf("green is launched from image %s, which was made by %s", w.Image, deploy.Counted(len(w.build.Commands), "command"))), nil
}

// lookAgain looks at blue, freezes and refreshes once more, and notes what green is launched from, and what blue takes traffic from by now.
func (w work) lookAgain(ctx context.Context) error {
	found, err := w.surveyor.Again(ctx, w.Call)
	if err == nil {
		err = found.Err()
	}
	if err != nil {
		return err
	}
	now, d := found.Deployment, *w.Deployment
	own := *d.Own
	own.ImageID = w.Image
	d.Own, d.Strategy, d.Ran = &own, now.Strategy, now.Ran
	d.Attach(now.Attached())
	for _, warning := range now.Warnings {
		d.Warn("%s", warning)
	}
	w.Step.Deployment = &d
	_, err = w.Holder.Change(ctx, func(r *ledger.Record) { r.Lock.Deployment = d }, ledger.Creating)
	return err
}

func orNothing(output string) string {
	if output == "" {
		return "nothing"
	}
	return output
}

// cut is a command as messages show it: it may hold what is not for mails.
func cut(command string) string {
	const longest = 60
	if runes := []rune(command); len(runes) > longest {
		return string(runes[:longest]) + "…"
	}
	return command
}

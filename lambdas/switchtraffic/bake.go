package switchtraffic

import (
	"context"
	"fmt"

	"bluegreen/internal/deploy"
	"bluegreen/internal/traffic"
)

// leave waits until blue takes no traffic any more, and then until it has stood by for as long as the request wants.
func (v *move) leave(ctx context.Context, p deploy.Loop) (deploy.Loop, error) {
	if p.Phase != deploy.Baking {
		p = v.Enter(p, traffic.Leaving)
	}
	if err := v.carry(ctx); err != nil {
		return p, err
	}
	p, err := v.mover.Leave(ctx, v.Move, p)
	if err != nil || p.Verdict != deploy.Done || v.Deployment.Watch.BakeSeconds == 0 {
		return p, err
	}
	return v.bake(p), nil
}

// bake goes on until blue has stood by for long enough. p says that traffic is where it is to be.
func (v *move) bake(p deploy.Loop) deploy.Loop {
	if v.BakeBy == nil {
		by := v.Entered.Add(v.Deployment.Watch.Bake())
		v.BakeBy = &by
	}
	left := v.BakeBy.Sub(v.Entered)
	if left <= 0 {
		return p
	}
	p = v.StandBy(p, v.Deployment.Watch.Bake()-left, left)
	p.Phase, p.Since = deploy.Baking, v.Entered // what goes wrong from here on has the whole patience
	p.Message = fmt.Sprintf("%s; blue %s stands by until %s", p.Message, v.Blue.Name, v.BakeBy.UTC().Format("15:04:05Z"))
	return p
}

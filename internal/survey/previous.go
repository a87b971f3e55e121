package survey

import (
	"context"
	"fmt"

	"bluegreen/internal/deploy"
	"bluegreen/internal/fleet"
	"bluegreen/internal/ledger"
	"bluegreen/internal/text"
)

// resolvePrevious makes the deployment a rollback: green is the fleet that blue replaced, which stands by at size 0.
func (h Surveyor) resolvePrevious(ctx context.Context, record ledger.Record, d *deploy.Deployment) ([]string, error) {
	previous := record.Previous
	if previous == nil {
		return []string{"the record remembers no fleet that it replaced (none was deployed yet, or it was deleted), so there is nothing to roll back to"}, nil
	}
	fleets, err := fleet.Read(ctx, h.groups, previous.Name)
	if err != nil {
		return nil, err
	}
	f, found := fleets[previous.Name]
	switch {
	case !found:
		return []string{fmt.Sprintf("the fleet that it replaced, %s, does not exist any more", previous.Name)}, nil
	case f.Deleting:
		return []string{fmt.Sprintf("the fleet that it replaced, %s, is being deleted", previous.Name)}, nil
	}
	if staying := f.In(deploy.Standby, deploy.Retained); len(staying) > 0 {
		d.Warn("%s of %s stayed when it was scaled in, in %s or %s, and stays so: %s", deploy.Counted(len(staying), "instance"), f.Name,
			deploy.Standby, deploy.Retained, text.EndStanding(f.Name))
	}
	otherwise, err := fleet.Otherwise(ctx, h.groups, f, f.BroughtBack(previous.Template))
	if err != nil {
		return nil, err
	}
	d.Revives, d.Green, d.Template, d.Own = true, previous.Name, previous.Template, previous.Own
	return one(otherwise), nil
}

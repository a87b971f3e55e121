package sweep

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling"
	r53types "github.com/aws/aws-sdk-go-v2/service/route53/types"
	"github.com/aws/aws-sdk-go-v2/service/sfn/types"
	"github.com/aws/aws-sdk-go-v2/service/sns"

	"bluegreen/internal/deploy"
	"bluegreen/internal/ledger"
	"bluegreen/internal/localaws"
	"bluegreen/internal/localaws/account"
	localssm "bluegreen/internal/localaws/ssm"
	"bluegreen/internal/localaws/world"
	"bluegreen/internal/rehearsal"
)

// request gives green as little time to be healthy as a request may.
const request = `{"project": "ec", "blue": {"asg_name": "ec-mqagt-dev-asg"}, "Wait": 30, "health": {"timeout_seconds": 60}}`

// drains has every instance run a command before it goes.
const drains = `{"project": "ec", "blue": {"asg_name": "ec-mqagt-dev-asg"}, "Wait": 30, "health": {"timeout_seconds": 60},
	"drain": {"command": ["systemctl stop mqagt"], "timeout_seconds": 60}}`

// differs has green launch from something of its own, and blue with what it launches from deleted.
const differs = `{"project": "ec", "blue": {"asg_name": "ec-mqagt-dev-asg"}, "Wait": 30, "health": {"timeout_seconds": 60},
	"green": {"user_data": "#!/bin/sh\nsystemctl start app\n"}, "blue_after": {"then": "delete"}}`

// moves has the record stand for load balancers of green's own.
const moves = `{"project": "ec", "blue": {"asg_name": "ec-mqagt-dev-asg"}, "Wait": 30, "health": {"timeout_seconds": 60},
	"traffic": {"strategy": "dns", "records": [{"hosted_zone_id": "HOSTED_ZONE", "name": "shop.example.com"}]}}`

// builds has green's image made first.
const builds = `{"project": "ec", "blue": {"asg_name": "ec-mqagt-dev-asg"}, "Wait": 30, "health": {"timeout_seconds": 60},
	"green": {"image": {"build": {"commands": ["make install"], "timeout_seconds": 300}}}}`

// bakes has blue stand by for a while, and an alarm heeded.
const bakes = `{"project": "ec", "blue": {"asg_name": "ec-mqagt-dev-asg"}, "Wait": 30, "health": {"timeout_seconds": 60},
	"alarms": ["errors"], "bake_seconds": 70}`

// inPlace replaces blue's instances, and blue stays.
const inPlace = `{"project": "ec", "blue": {"asg_name": "ec-mqagt-dev-asg"}, "Wait": 30, "health": {"timeout_seconds": 60},
	"green": {"image": {"id": "GREEN_IMAGE"}}, "traffic": {"strategy": "in-place"}}`

const rollback = `{"project": "ec", "action": "rollback", "blue": {"asg_name": "ec-mqagt-dev-asg"}, "Wait": 30, "health": {"timeout_seconds": 60}}`

// Courses are the deployments that the sweep disturbs: each strategy, each shape of blue, and each part of the way back.
// All are quick: every look at a fleet is a call to be disturbed, and looks go on for as long as something takes.
func Courses() []Course {
	quick := quick()
	workers := quick
	workers.Balanced = false
	configured := workers
	configured.Source = world.FromConfiguration
	configured.Suspended, configured.Metrics = []string{"AZRebalance"}, []string{"GroupInServiceInstances"}
	mixed := quick
	mixed.Source, mixed.TargetGroups = world.FromPolicy, 2
	classic := quick
	classic.Classics, classic.TargetGroups = 1, 1
	named := quick
	named.Classics, named.TrafficSources = 1, true
	single := workers
	single.Source = world.FromConfiguration
	held := workers
	held.Hooks = []world.Hook{{Name: "terminate", Heartbeat: 30 * time.Second}}
	known := quick
	known.Record = "shop.example.com"
	knownClassic := known
	knownClassic.Classics = 1
	builders := workers
	builders.Builds = true
	stays := quick
	stays.InPlace = true
	seeds := world.DefaultPlan()
	seeds.DeregistrationDelay = 30 * time.Second
	courses := []Course{
		{Name: "attach", Plan: seeds, End: deploy.EndSucceeded},
		{Name: "none", Plan: workers, End: deploy.EndSucceeded},
		{Name: "second-generation", Plan: workers, End: deploy.EndSucceeded, Prepare: firstGeneration},
		{Name: "launch-configuration", Plan: configured, End: deploy.EndSucceeded, Prepare: notifyingHooks},
		{Name: "own-template", Plan: workers, End: deploy.EndSucceeded, Request: differs, Prepare: ownGeneration},
		{Name: "own-configuration", Plan: single, End: deploy.EndSucceeded, Request: differs, Prepare: ownGeneration},
		{Name: "own-template-of-a-configuration", Plan: single, End: deploy.EndRolledBack, Request: differs, Prepare: noConfigurations},
		{Name: "mixed-two-target-groups", Plan: mixed, End: deploy.EndSucceeded},
		{Name: "classic-and-target-group", Plan: classic, End: deploy.EndSucceeded},
		{Name: "classic-lost-green", Plan: named, End: deploy.EndRolledBack, Prepare: lostGreen},
		{Name: "no-capacity", Plan: workers, End: deploy.EndRolledBack, Prepare: noCapacity},
		{Name: "sick-green", Plan: quick, End: deploy.EndRolledBack, Prepare: sickGreen},
		{Name: "lost-green", Plan: quick, End: deploy.EndRolledBack, Prepare: lostGreen},
		{Name: "drain", Plan: held, End: deploy.EndSucceeded, Request: drains, Prepare: slowDrains},
		{Name: "drain-on-the-way-back", Plan: held, End: deploy.EndRolledBack, Request: drains, Prepare: littleCapacity},
		{Name: "build", Plan: builders, End: deploy.EndSucceeded, Request: builds},
		{Name: "build-fails", Plan: builders, End: deploy.EndRolledBack, Request: builds, Prepare: failedImage},
		{Name: "bake", Plan: quick, End: deploy.EndSucceeded, Request: bakes, Prepare: quietAlarm},
		{Name: "alarm", Plan: quick, End: deploy.EndRolledBack, Request: bakes, Again: deploy.EndRejected, Prepare: alarmAsItLeaves},
		{Name: "approved", Plan: quick, End: deploy.EndSucceeded, Request: asks, Prepare: approved, Since: asking},
		{Name: "unanswered", Plan: quick, End: deploy.EndRolledBack, Request: asks, Since: asking},
		{Name: "aborted", Plan: quick, End: deploy.EndRolledBack, Prepare: abortedAsItLeaves, Since: ledger.Leaving},
		{Name: "scales", Plan: workers, End: deploy.EndSucceeded, Prepare: scales},
		{Name: "scales-no-capacity", Plan: workers, End: deploy.EndRolledBack, Prepare: scalesInVain},
		{Name: "rich", Plan: richPlan(quick), End: deploy.EndSucceeded, Request: differsAndDrains, Prepare: hung},
		{Name: "rich-back", Plan: richPlan(quick), End: deploy.EndRolledBack, Request: differsAndDrains, Prepare: hungAndSick},
		{Name: "scale-in", Plan: held, End: string(types.ExecutionStatusSucceeded), ScaleIn: true, Prepare: drainedGeneration},
		{Name: "dns", Plan: known, End: deploy.EndSucceeded, Request: moves},
		{Name: "dns-lost-green", Plan: known, End: deploy.EndRolledBack, Request: moves, Prepare: lostAsItMoves, Since: ledger.Leaving},
		{Name: "dns-rollback", Plan: knownClassic, End: deploy.EndSucceeded, Request: rollback, Once: true, Prepare: movedGeneration, Since: ledger.Switching},
		{Name: "rollback", Plan: quick, End: deploy.EndSucceeded, Request: rollback, Once: true, Prepare: firstGeneration},
		{Name: "in-place", Plan: stays, End: deploy.EndSucceeded, Request: inPlace},
		{Name: "in-place-back", Plan: stays, End: deploy.EndRolledBack, Request: inPlace, Prepare: sickGreen, Since: ledger.Switching},
	}
	return settled(courses)
}

// settled are the courses with what they leave out.
func settled(courses []Course) []Course {
	for i := range courses {
		courses[i].Settings = quickly(courses[i].Plan)
		if courses[i].Request == "" {
			courses[i].Request = request
		}
	}
	return courses
}

// quick is a small fleet behind a load balancer, whose health checks take seconds.
func quick() world.Plan {
	plan := world.DefaultPlan()
	plan.Min, plan.Desired, plan.Max, plan.DeregistrationDelay = 1, 2, 4, 10*time.Second
	plan.Check = world.Check{Interval: 5 * time.Second, Timeout: 2 * time.Second, Healthy: 2, Unhealthy: 2}
	return plan
}

// quickly lets instances come and go in seconds.
func quickly(plan world.Plan) *localaws.Settings {
	settings := localaws.DefaultSettings()
	if plan.InPlace { // it waits for them
		settings.EC2.StatusChecks = account.Duration{Min: 5 * time.Second, Max: 8 * time.Second}
	}
	settings.EC2.Pending = account.Duration{Min: time.Second, Max: 3 * time.Second}
	settings.EC2.Boot = account.Duration{Min: 2 * time.Second, Max: 4 * time.Second}
	settings.EC2.ShuttingDown = account.Duration{Min: 2 * time.Second, Max: 5 * time.Second}
	settings.ELBv2.Provisioning = account.Duration{Min: 2 * time.Second, Max: 5 * time.Second}
	settings.Route53.Propagation = account.Duration{Min: 2 * time.Second, Max: 5 * time.Second}
	settings.EC2.ImageAvailable = account.Constant(20 * time.Second)
	settings.Classic.Registration = account.Duration{Min: 2 * time.Second, Max: 4 * time.Second}
	return &settings
}

// firstGeneration deploys once before: the course goes from the first copy to the second.
func firstGeneration(ctx context.Context, r *rehearsal.Rehearsal) error {
	return generation(ctx, r, request)
}

// ownGeneration deploys once before, to a fleet that launches from something of its own.
func ownGeneration(ctx context.Context, r *rehearsal.Rehearsal) error {
	return generation(ctx, r, strings.Replace(differs, "delete", "scale_to_zero", 1))
}

// noConfigurations lets the account make no launch configurations any more, and EC2 launch nothing.
func noConfigurations(ctx context.Context, r *rehearsal.Rehearsal) error {
	r.AWS.Account.Lock()
	r.AWS.Groups.RefuseConfigurations()
	r.AWS.Account.Unlock()
	return noCapacity(ctx, r)
}

// drainedGeneration deploys once before, so that the lineage has drain settings, beside the machine that drains.
func drainedGeneration(ctx context.Context, r *rehearsal.Rehearsal) error {
	if _, err := r.GracefulShutdown(ctx); err != nil {
		return err
	}
	if err := slowDrains(ctx, r); err != nil {
		return err
	}
	if err := generation(ctx, r, drains); err != nil {
		return err
	}
	r.Wait(ctx, rehearsal.Settle) // for blue's own drains to end
	return nil
}

func generation(ctx context.Context, r *rehearsal.Rehearsal, request string) error {
	arn, err := r.Start(ctx, "first", request)
	if err != nil {
		return err
	}
	out, err := r.AwaitEnd(ctx, arn, patience)
	if err != nil {
		return err
	}
	if end, report := rehearsal.EndState(out); end != deploy.EndSucceeded {
		return fmt.Errorf("the first deployment ended %s: %s", end, report.What)
	}
	return nil
}

// notifyingHooks gives blue two lifecycle hooks that tell two topics, which one create call cannot take together.
func notifyingHooks(ctx context.Context, r *rehearsal.Rehearsal) error {
	for _, name := range []string{"first-hook", "second-hook"} {
		topic, err := sns.NewFromConfig(r.Config).CreateTopic(ctx, &sns.CreateTopicInput{Name: &name})
		if err != nil {
			return err
		}
		_, err = autoscaling.NewFromConfig(r.Config).PutLifecycleHook(ctx, &autoscaling.PutLifecycleHookInput{
			AutoScalingGroupName: &r.World.GroupName, LifecycleHookName: &name, LifecycleTransition: aws.String("autoscaling:EC2_INSTANCE_LAUNCHING"),
			HeartbeatTimeout: aws.Int32(30), DefaultResult: aws.String("CONTINUE"),
			NotificationTargetARN: topic.TopicArn,
			RoleARN:               aws.String("arn:aws:iam::" + r.AWS.Account.ID + ":role/ec-mqagt-dev-instance"), // which the deployer may pass
		})
		if err != nil {
			return err
		}
	}
	r.Wait(ctx, time.Minute) // describes lag
	return nil
}

// slowDrains lets a drain take longer than its hook's timeout.
func slowDrains(_ context.Context, r *rehearsal.Rehearsal) error {
	r.AWS.Account.Lock()
	defer r.AWS.Account.Unlock()
	r.AWS.Commands.SetBehaviour("", localssm.Behaviour{Duration: account.Constant(35 * time.Second)})
	return nil
}

// littleCapacity leaves EC2 room for a part of green only, which drains when it goes.
func littleCapacity(ctx context.Context, r *rehearsal.Rehearsal) error {
	if err := slowDrains(ctx, r); err != nil {
		return err
	}
	r.AWS.Account.Lock()
	defer r.AWS.Account.Unlock()
	for i, zone := range r.AWS.Compute.Zones() {
		r.AWS.Compute.SetCapacity(zone, r.World.InstanceType, onlyIn(i, 1))
	}
	return nil
}

// noCapacity leaves EC2 no room for green.
func noCapacity(_ context.Context, r *rehearsal.Rehearsal) error {
	r.AWS.Account.Lock()
	defer r.AWS.Account.Unlock()
	for _, zone := range r.AWS.Compute.Zones() {
		r.AWS.Compute.SetCapacity(zone, r.World.InstanceType, 0)
	}
	return nil
}

// failedImage lets EC2 fail to make an image.
func failedImage(_ context.Context, r *rehearsal.Rehearsal) error {
	r.AWS.Account.Lock()
	defer r.AWS.Account.Unlock()
	r.AWS.Compute.FailImages(1)
	return nil
}

// sickGreen lets nothing that runs green's image answer.
func sickGreen(_ context.Context, r *rehearsal.Rehearsal) error {
	r.AWS.Account.Lock()
	defer r.AWS.Account.Unlock()
	r.AWS.Compute.MarkImageSick(r.World.GreenImage)
	return nil
}

// lostGreen lets green fall sick while blue leaves its target groups: the way back must bring blue's traffic back.
func lostGreen(_ context.Context, r *rehearsal.Rehearsal) error {
	asBlueLeaves(r, func() { loseGreen(r) })
	return nil
}

// asBlueLeaves does something once, when blue leaves what it takes traffic from.
func asBlueLeaves(r *rehearsal.Rehearsal, do func()) {
	var once sync.Once
	r.AWS.Account.Lock()
	defer r.AWS.Account.Unlock()
	r.AWS.Groups.OnChange(func(string) {
		blue, _ := r.AWS.Groups.View(r.World.GroupName)
		for _, attachment := range blue.Attachments {
			if attachment.State == "Removing" {
				once.Do(func() { r.Clock.Go(do) })
			}
		}
	})
}

// movedGeneration deploys once before, by moving the record.
func movedGeneration(ctx context.Context, r *rehearsal.Rehearsal) error {
	return generation(ctx, r, r.World.Request(moves))
}

// lostAsItMoves lets green fall sick once the record stands for it: the way back must have it stand for blue again.
func lostAsItMoves(_ context.Context, r *rehearsal.Rehearsal) error {
	var once sync.Once
	r.AWS.Account.Lock()
	defer r.AWS.Account.Unlock()
	before := r.AWS.Zones.Answers(r.World.Record, r53types.RRTypeA)
	r.AWS.Zones.OnChange(func() {
		if !slices.Equal(before, r.AWS.Zones.Answers(r.World.Record, r53types.RRTypeA)) {
			once.Do(func() {
				r.AWS.Compute.MarkImageSick(r.World.GreenImage) // those too that come in their place
				r.Clock.Go(func() { loseGreen(r) })
			})
		}
	})
	return nil
}

// loseGreen makes every instance sick that is not blue's.
func loseGreen(r *rehearsal.Rehearsal) {
	for _, id := range others(r) {
		r.AWS.Account.Lock()
		r.AWS.Compute.Sicken(id)
		r.AWS.Account.Unlock()
	}
}

// others are the instances of all groups but blue.
func others(r *rehearsal.Rehearsal) []string {
	r.AWS.Account.Lock()
	defer r.AWS.Account.Unlock()
	var ids []string
	for _, name := range r.AWS.Groups.Names() {
		if name == r.World.GroupName {
			continue
		}
		view, _ := r.AWS.Groups.View(name)
		for _, instance := range view.Instances {
			ids = append(ids, instance.ID)
		}
	}
	return ids
}

// onlyIn is room for one instance in the zone with that number, and for none elsewhere.
func onlyIn(zone, number int) int {
	if zone == number {
		return 1
	}
	return 0
}

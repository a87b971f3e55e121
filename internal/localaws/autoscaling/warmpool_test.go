package autoscaling_test

import (
	"fmt"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/autoscaling"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling/types"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/google/go-cmp/cmp"
)

// listen notes each event of Auto Scaling: its type, the instance, and from where to where it goes.
func (w *world) listen() *[]string {
	var events []string
	w.locked(func() {
		w.groups.OnEvent(func(detailType string, _ []string, detail any) {
			d := reflect.ValueOf(detail)
			field := func(name string) string { return d.FieldByName(name).String() }
			events = append(events, fmt.Sprintf("%s %s: %s -> %s", detailType, w.names[field("EC2InstanceID")], field("Origin"), field("Destination")))
		})
	})
	return &events
}

// An instance is launched into the pool, taken into service, returned on scale-in and ended with the pool. Every hook holds
// it where the user guide says.
func TestWarmPool(t *testing.T) {
	run(t, nil, func(w *world) {
		name := aws.String("blue")
		create := w.group("blue", 1, 1)
		create.TerminationPolicies = []string{"NewestInstance"}
		do(w, w.client.CreateAutoScalingGroup, create)
		w.until(time.Minute)
		for _, transition := range []string{"LAUNCHING", "TERMINATING"} {
			do(w, w.client.PutLifecycleHook, &sdk.PutLifecycleHookInput{AutoScalingGroupName: name, LifecycleHookName: aws.String("at-" + transition),
				LifecycleTransition: aws.String("autoscaling:EC2_INSTANCE_" + transition), HeartbeatTimeout: aws.Int32(30), DefaultResult: aws.String("CONTINUE")})
		}
		events := w.listen()
		do(w, w.client.PutWarmPool, &sdk.PutWarmPoolInput{AutoScalingGroupName: name, MaxGroupPreparedCapacity: aws.Int32(2),
			InstanceReusePolicy: &types.InstanceReusePolicy{ReuseOnScaleIn: aws.Bool(true)}})
		w.begin()
		w.until(100 * time.Second)
		w.showsPool(t, "blue", []string{"i2 Warmed:Stopped"})
		do(w, w.client.SetDesiredCapacity, &sdk.SetDesiredCapacityInput{AutoScalingGroupName: name, DesiredCapacity: aws.Int32(2)})
		w.until(200 * time.Second)
		w.showsPool(t, "blue", nil)
		do(w, w.client.SetDesiredCapacity, &sdk.SetDesiredCapacityInput{AutoScalingGroupName: name, DesiredCapacity: aws.Int32(1)})
		w.until(300 * time.Second)
		w.showsPool(t, "blue", []string{"i2 Warmed:Stopped"})
		remove := &sdk.DeleteWarmPoolInput{AutoScalingGroupName: name}
		refused(w, w.client.DeleteWarmPool, remove, "ResourceInUse", "You cannot delete a warm pool while there are instances still in the warm pool.")
		do(w, w.client.PutWarmPool, &sdk.PutWarmPoolInput{AutoScalingGroupName: name, MaxGroupPreparedCapacity: aws.Int32(0)})
		w.until(310 * time.Second)
		refused(w, w.client.DeleteWarmPool, remove, "ScalingActivityInProgress",
			"You cannot delete a warm pool while there are scaling activities in progress for that warm pool.")
		w.until(400 * time.Second)
		do(w, w.client.DeleteWarmPool, remove)
		if pool := do(w, w.client.DescribeWarmPool, &sdk.DescribeWarmPoolInput{AutoScalingGroupName: name}); pool.WarmPoolConfiguration != nil {
			t.Errorf("the pool that was deleted: %+v", pool.WarmPoolConfiguration)
		}
		w.told(`
			2s i2 Warmed:Pending
			12s i2 Warmed:Pending:Wait
			42s i2 Warmed:Pending:Proceed
			73s i2 Warmed:Stopped
			102s i2 Pending
			112s i2 Pending:Wait
			142s i2 Pending:Proceed
			143s i2 InService
			202s i2 Warmed:Pending
			202s i2 Warmed:Pending:Wait
			232s i2 Warmed:Pending:Proceed
			263s i2 Warmed:Stopped
			302s i2 Warmed:Terminating
			302s i2 Warmed:Terminating:Wait
			332s i2 Warmed:Terminating:Proceed
			363s i2 gone`)
		if diff := cmp.Diff([]string{
			"EC2 Instance-launch Lifecycle Action i2: EC2 -> WarmPool",
			"EC2 Instance Launch Successful i2: EC2 -> WarmPool",
			"EC2 Instance-launch Lifecycle Action i2: WarmPool -> AutoScalingGroup",
			"EC2 Instance Launch Successful i2: WarmPool -> AutoScalingGroup",
			"EC2 Instance-terminate Lifecycle Action i2: AutoScalingGroup -> WarmPool",
			"EC2 Instance Terminate Successful i2: AutoScalingGroup -> WarmPool",
			"EC2 Instance-terminate Lifecycle Action i2: WarmPool -> EC2",
			"EC2 Instance Terminate Successful i2: WarmPool -> EC2",
		}, *events); diff != "" {
			t.Errorf("events (-want +got):\n%s", diff)
		}
	})
}

// showsPool compares what each describe shows of a group's warm pool with what is wanted.
func (w *world) showsPool(t *testing.T, name string, want []string) {
	t.Helper()
	var got, details []string
	for _, i := range do(w, w.client.DescribeWarmPool, &sdk.DescribeWarmPoolInput{AutoScalingGroupName: &name}).Instances {
		got = append(got, w.names[*i.InstanceId]+" "+string(i.LifecycleState))
	}
	for _, i := range do(w, w.client.DescribeAutoScalingInstances, &sdk.DescribeAutoScalingInstancesInput{}).AutoScalingInstances {
		if *i.LifecycleState != "InService" {
			details = append(details, w.names[*i.InstanceId]+" "+*i.LifecycleState)
		}
	}
	if !slices.Equal(got, want) || !slices.Equal(details, want) {
		t.Errorf("DescribeWarmPool shows %v, DescribeAutoScalingInstances %v, want %v", got, details, want)
	}
	group := do(w, w.client.DescribeAutoScalingGroups, &sdk.DescribeAutoScalingGroupsInput{}).AutoScalingGroups[0]
	if int(*group.WarmPoolSize) != len(want) || group.WarmPoolConfiguration == nil || len(group.Instances) != int(*group.DesiredCapacity) {
		t.Errorf("DescribeAutoScalingGroups shows a pool of %d (%+v) and %d instances", *group.WarmPoolSize, group.WarmPoolConfiguration, len(group.Instances))
	}
}

// A pool of running instances: taken without a start, replaced when one dies, gone at once by force. Without a policy a
// scale-in ends the instance as ever.
func TestWarmPoolRunning(t *testing.T) {
	run(t, nil, func(w *world) {
		name := aws.String("blue")
		do(w, w.client.CreateAutoScalingGroup, w.group("blue", 0, 1))
		do(w, w.client.PutWarmPool, &sdk.PutWarmPoolInput{AutoScalingGroupName: name, MinSize: aws.Int32(1), MaxGroupPreparedCapacity: aws.Int32(0),
			PoolState: types.WarmPoolStateRunning})
		w.begin()
		w.until(20 * time.Second)
		if _, err := w.ec2.TerminateInstances(t.Context(), &ec2.TerminateInstancesInput{InstanceIds: []string{w.idOf("i1")}}); err != nil {
			t.Fatal(err)
		}
		w.until(100 * time.Second)
		do(w, w.client.SetDesiredCapacity, &sdk.SetDesiredCapacityInput{AutoScalingGroupName: name, DesiredCapacity: aws.Int32(1)})
		w.until(200 * time.Second)
		do(w, w.client.SetDesiredCapacity, &sdk.SetDesiredCapacityInput{AutoScalingGroupName: name, DesiredCapacity: aws.Int32(0)})
		w.until(300 * time.Second)
		do(w, w.client.DeleteWarmPool, &sdk.DeleteWarmPoolInput{AutoScalingGroupName: name, ForceDelete: aws.Bool(true)})
		pool := do(w, w.client.DescribeWarmPool, &sdk.DescribeWarmPoolInput{AutoScalingGroupName: name})
		if pool.WarmPoolConfiguration == nil || pool.WarmPoolConfiguration.Status != types.WarmPoolStatusPendingDelete {
			t.Errorf("the pool that is being deleted: %+v", pool.WarmPoolConfiguration)
		}
		w.until(400 * time.Second)
		if pool := do(w, w.client.DescribeWarmPool, &sdk.DescribeWarmPoolInput{AutoScalingGroupName: name}); pool.WarmPoolConfiguration != nil {
			t.Errorf("the pool that was deleted: %+v", pool.WarmPoolConfiguration)
		}
		w.told(`
			2s i1 Warmed:Pending
			13s i1 Warmed:Running
			30s i1 Warmed:Running (unhealthy)
			32s i1 Warmed:Terminating (unhealthy)
			32s i2 Warmed:Pending
			43s i2 Warmed:Running
			50s i1 gone
			102s i2 Pending
			102s i3 Warmed:Pending
			104s i2 InService
			113s i3 Warmed:Running
			202s i2 Terminating
			233s i2 gone
			300s i3 Warmed:Terminating
			330s i3 gone`)
	})
}

func TestWarmPoolRefuses(t *testing.T) {
	run(t, nil, func(w *world) {
		name := aws.String("blue")
		do(w, w.client.CreateAutoScalingGroup, w.group("blue", 0, 1))
		refused(w, w.client.PutWarmPool, &sdk.PutWarmPoolInput{AutoScalingGroupName: name, MinSize: aws.Int32(-1)}, "ValidationError",
			"1 validation error detected: Value '-1' at 'minSize' failed to satisfy constraint: Member must have value greater than or equal to 0")
		refused(w, w.client.DeleteWarmPool, &sdk.DeleteWarmPoolInput{AutoScalingGroupName: name}, "ValidationError", "No warm pool found for Auto Scaling group: blue")
		do(w, w.client.PutWarmPool, &sdk.PutWarmPoolInput{AutoScalingGroupName: name, MaxGroupPreparedCapacity: aws.Int32(0)})
		do(w, w.client.PutWarmPool, &sdk.PutWarmPoolInput{AutoScalingGroupName: name, MinSize: aws.Int32(1)})
		w.until(time.Minute)
		pool := do(w, w.client.DescribeWarmPool, &sdk.DescribeWarmPoolInput{AutoScalingGroupName: name})
		if c := pool.WarmPoolConfiguration; *c.MaxGroupPreparedCapacity != 0 || *c.MinSize != 1 || c.PoolState != types.WarmPoolStateStopped || len(pool.Instances) != 1 {
			t.Fatalf("the pool: %+v with %d instances", c, len(pool.Instances))
		}
		refused(w, w.client.TerminateInstanceInAutoScalingGroup, &sdk.TerminateInstanceInAutoScalingGroupInput{
			InstanceId: pool.Instances[0].InstanceId, ShouldDecrementDesiredCapacity: aws.Bool(false)},
			"ValidationError", "This operation cannot be called on instances in a warm pool.")
		refused(w, w.client.DeleteAutoScalingGroup, &sdk.DeleteAutoScalingGroupInput{AutoScalingGroupName: name},
			"ResourceInUse", "You cannot delete an AutoScalingGroup while it has a warm pool.")
		do(w, w.client.DeleteAutoScalingGroup, &sdk.DeleteAutoScalingGroupInput{AutoScalingGroupName: name, ForceDelete: aws.Bool(true)})
		w.until(2 * time.Minute)
		if groups := do(w, w.client.DescribeAutoScalingGroups, &sdk.DescribeAutoScalingGroupsInput{}).AutoScalingGroups; len(groups) != 0 {
			t.Errorf("%d groups are left", len(groups))
		}
	})
}

// A pool grows by what the desired capacity falls by, is shown in pages, and rests in the state that it names.
func TestWarmPoolSize(t *testing.T) {
	run(t, nil, func(w *world) {
		name := aws.String("blue")
		create := w.group("blue", 2, 1)
		create.MaxSize = aws.Int32(3)
		do(w, w.client.CreateAutoScalingGroup, create)
		do(w, w.client.PutWarmPool, &sdk.PutWarmPoolInput{AutoScalingGroupName: name, PoolState: types.WarmPoolStateHibernated})
		w.until(2 * time.Minute)
		states := func(want ...string) {
			t.Helper()
			var got []string
			for in := (&sdk.DescribeWarmPoolInput{AutoScalingGroupName: name, MaxRecords: aws.Int32(1)}); ; {
				out := do(w, w.client.DescribeWarmPool, in)
				if len(out.Instances) > 1 {
					t.Errorf("a page of %d", len(out.Instances))
				}
				for _, i := range out.Instances {
					got = append(got, string(i.LifecycleState))
				}
				if in.NextToken = out.NextToken; in.NextToken == nil {
					break
				}
			}
			if !slices.Equal(got, want) {
				t.Errorf("pool: %v, want %v", got, want)
			}
		}
		states("Warmed:Hibernated")
		do(w, w.client.UpdateAutoScalingGroup, &sdk.UpdateAutoScalingGroupInput{AutoScalingGroupName: name, DesiredCapacity: aws.Int32(0)})
		w.until(5 * time.Minute)
		states("Warmed:Hibernated", "Warmed:Hibernated", "Warmed:Hibernated")
		if _, err := w.client.DescribeWarmPool(t.Context(), &sdk.DescribeWarmPoolInput{AutoScalingGroupName: name, MaxRecords: aws.Int32(51)}); err == nil {
			t.Error("a page of 51 was shown")
		}
		do(w, w.client.UpdateAutoScalingGroup, &sdk.UpdateAutoScalingGroupInput{AutoScalingGroupName: name, MaxSize: aws.Int32(0), DesiredCapacity: aws.Int32(0)})
		w.until(7 * time.Minute)
		states()
	})
}

package route53_test

import (
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/route53/types"

	"bluegreen/internal/localaws/route53"
)

const balancers = ".ap-northeast-1.elb.amazonaws.com"

// Each name server learns of a change within its time; a client keeps an answer for its TTL of a minute, and some keep it
// longer.
func TestClientsMoveAfterAChange(t *testing.T) {
	run(t, func(w *world) {
		w.change("CREATE", alias("www.example.com", "blue"))
		w.pass(time.Minute)
		var clients []*route53.Resolver
		w.do(func() {
			for range 20 {
				clients = append(clients, w.zones.Resolver(0))
			}
			clients = append(clients, w.zones.Resolver(10*time.Minute))
		})
		onGreen := func() (n int) {
			w.do(func() {
				for _, client := range clients {
					target, err := client.Resolve("www.example.com", types.RRTypeA)
					if err != nil {
						t.Error(err)
					}
					if target == "green"+balancers {
						n++
					}
				}
			})
			return n
		}
		if got := onGreen(); got != 0 {
			t.Errorf("before the change %d clients are on green", got)
		}
		w.change("DELETE", alias("www.example.com", "blue"), "CREATE", alias("www.example.com", "green"))
		w.pass(30 * time.Second)
		if got := onGreen(); got != 0 {
			t.Errorf("within the TTL %d clients are on green", got)
		}
		w.pass(31 * time.Second)
		if got := onGreen(); got != 20 {
			t.Errorf("a TTL later %d clients are on green, want 20 of 21", got)
		}
		w.pass(10 * time.Minute)
		if got := onGreen(); got != 21 {
			t.Errorf("much later %d clients are on green, want all", got)
		}
	})
}

// Name servers learn of a change one after the other.
func TestNameServersLearnOneAfterTheOther(t *testing.T) {
	run(t, func(w *world) {
		w.change("CREATE", alias("www.example.com", "blue"))
		w.pass(time.Minute)
		w.change("UPSERT", alias("www.example.com", "green"))
		seen := func() map[string]int {
			found := make(map[string]int)
			w.do(func() {
				for range 40 { // each asks for the first time
					target, _ := w.zones.Resolver(0).Resolve("www.example.com", types.RRTypeA)
					found[target]++
				}
			})
			return found
		}
		w.pass(20 * time.Second)
		if got := seen(); len(got) != 2 {
			t.Errorf("while the change is pending: %v, want some of each", got)
		}
		w.pass(21 * time.Second)
		if got := seen(); got["green"+balancers] != 40 {
			t.Errorf("in sync: %v", got)
		}
	})
}

// An alias that evaluates its target's health is left out while that is sick; a weight of 0 is answered only then.
func TestWeightsAndHealth(t *testing.T) {
	run(t, func(w *world) {
		w.change("CREATE", weigh(alias("www.example.com", "blue"), "blue", 30), "CREATE", weigh(alias("www.example.com", "green"), "green", 10),
			"CREATE", weigh(alias("www.example.com", "spare"), "spare", 0))
		w.pass(time.Minute)
		sick := map[string]bool{}
		w.do(func() { w.zones.EvaluateBy(func(name string) bool { return !sick[name] }) })
		shares := func() map[string]int {
			found := make(map[string]int)
			w.do(func() {
				for range 400 {
					target, _ := w.zones.Resolver(0).Resolve("www.example.com", types.RRTypeA)
					found[target]++
				}
			})
			return found
		}
		if got := shares(); got["blue"+balancers] < 260 || got["green"+balancers] < 60 || got["spare"+balancers] != 0 {
			t.Errorf("by weight: %v", got)
		}
		sick["blue"+balancers] = true
		if got := shares(); got["green"+balancers] != 400 {
			t.Errorf("without blue: %v", got)
		}
		sick["green"+balancers] = true
		if got := shares(); got["spare"+balancers] != 400 {
			t.Errorf("with the spare alone: %v", got)
		}
		sick["spare"+balancers] = true
		if got := shares(); got["blue"+balancers] < 260 || got["spare"+balancers] != 0 {
			t.Errorf("where none is healthy: %v", got)
		}
	})
}

// A CNAME leads on, a name in no zone stands for itself, and that there is no record is kept, too.
func TestOtherNames(t *testing.T) {
	run(t, func(w *world) {
		w.change("CREATE", alias("www.example.com", "blue"), "CREATE", types.ResourceRecordSet{Name: aws.String("shop.example.com"), Type: types.RRTypeCname,
			TTL: aws.Int64(30), ResourceRecords: []types.ResourceRecord{{Value: aws.String("www.example.com")}}})
		w.pass(time.Minute)
		w.do(func() {
			client := w.zones.Resolver(0)
			for name, want := range map[string]string{"shop.example.com": "blue" + balancers, "dualstack.green" + balancers: "green" + balancers} {
				if got, err := client.Resolve(name, types.RRTypeA); got != want || err != nil {
					t.Errorf("%s is %q, %v; want %q", name, got, err, want)
				}
			}
			if got, err := client.Resolve("no.example.com", types.RRTypeA); err == nil {
				t.Errorf("a name without a record is %q", got)
			}
		})
	})
}

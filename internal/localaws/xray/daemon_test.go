package xray_test

import (
	"encoding/json"
	"fmt"
	"net"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/xray"

	"bluegreen/internal/clock"
	"bluegreen/internal/localaws"
	"bluegreen/internal/localaws/wire"
	localxray "bluegreen/internal/localaws/xray"
)

// What processes send is put on the account's clock, which may run faster than theirs; what is no segment is dropped.
func TestDaemon(t *testing.T) {
	const speed = 100
	scaled := clock.NewScaled(speed)
	a := localaws.New(localaws.Options{Clock: scaled})
	defer a.Close()
	daemon, err := a.Traces.Listen("127.0.0.1:0", scaled)
	if err != nil {
		t.Fatal(err)
	}
	defer daemon.Close()
	process, err := net.Dial("udp", daemon.Address())
	if err != nil {
		t.Fatal(err)
	}
	defer process.Close()
	start := clock.NewScaled(1).Now().Truncate(time.Microsecond)
	seconds := func(at time.Time) string { return fmt.Sprintf("%.6f", localxray.Seconds(at)) }
	segment := fmt.Sprintf(`{"trace_id": %q, "id": "00000000000000a1", "name": "work", "start_time": %s, "end_time": %s, "subsegments":
		[{"id": "00000000000000b1", "name": "STS", "start_time": %[2]s, "end_time": %[3]s}]}`, traceID, seconds(start), seconds(start.Add(time.Second)))
	for _, datagram := range []string{
		"nonsense", "{\"format\": \"json\", \"version\": 1}\nnonsense", "{\"format\": \"xml\", \"version\": 1}\n" + segment,
		"{\"format\": \"json\", \"version\": 1}\n" + segment,
	} {
		if _, err := process.Write([]byte(datagram)); err != nil {
			t.Fatal(err)
		}
	}
	ctx, cancel := scaled.WithTimeout(t.Context(), 30*speed*time.Second)
	defer cancel()
	client := xray.NewFromConfig(a.Endpoint.Config(wire.Caller{}))
	for {
		out, err := client.BatchGetTraces(ctx, &xray.BatchGetTracesInput{TraceIds: []string{traceID}})
		if err != nil {
			t.Fatalf("the segment does not arrive: %v", err)
		}
		if len(out.Traces) == 0 {
			continue
		}
		var s localxray.Segment
		if err := json.Unmarshal([]byte(*out.Traces[0].Segments[0].Document), &s); err != nil {
			t.Fatal(err)
		}
		want := localxray.Seconds(scaled.At(start))
		if len(out.Traces[0].Segments) != 1 || s.Start-want > 1e-3 || want-s.Start > 1e-3 {
			t.Errorf("%d segments; the first begins at %f, want %f", len(out.Traces[0].Segments), s.Start, want)
		}
		if took := s.Subsegments[0].End - s.Subsegments[0].Start; took < speed-0.1 || took > speed+0.1 {
			t.Errorf("a second of the process took %f of the account's", took)
		}
		return
	}
}

package xray

import (
	"bytes"
	"encoding/json"
	"errors"
	"net"
	"time"
)

// Daemon is the X-Ray daemon: it takes segments as UDP datagrams, each a header line and a document (X-Ray developer
// guide, sending segment documents to the daemon). What it does not understand it drops, as AWS's does.
type Daemon struct {
	traces *Traces
	socket net.PacketConn
	at     func(wall time.Time) time.Time
	ended  chan struct{}
}

// wallClock is a clock that runs beside the wall's: At is what it shows when the wall shows a time.
type wallClock interface {
	At(wall time.Time) time.Time
}

// Listen opens a daemon at a UDP address such as 127.0.0.1:2000. Its senders are processes, which live on the wall's
// time: their times are put on the account's clock. It is called without the account's lock.
func (t *Traces) Listen(address string, clock wallClock) (*Daemon, error) {
	socket, err := net.ListenPacket("udp", address)
	if err != nil {
		return nil, err
	}
	d := &Daemon{traces: t, socket: socket, at: clock.At, ended: make(chan struct{})}
	go d.receive()
	return d, nil
}

// Address is where the daemon listens.
func (d *Daemon) Address() string { return d.socket.LocalAddr().String() }

// Close ends the daemon.
func (d *Daemon) Close() {
	_ = d.socket.Close()
	<-d.ended
}

func (d *Daemon) receive() {
	defer close(d.ended)
	datagram := make([]byte, 1<<16)
	for {
		n, _, err := d.socket.ReadFrom(datagram)
		if errors.Is(err, net.ErrClosed) {
			return
		}
		if err != nil {
			continue
		}
		if document, ok := d.document(datagram[:n]); ok {
			d.traces.acct.Lock()
			_ = d.traces.put(document)
			d.traces.acct.Unlock()
		}
	}
}

// document is the document of a datagram, on the account's clock.
func (d *Daemon) document(datagram []byte) ([]byte, bool) {
	line, document, _ := bytes.Cut(datagram, []byte("\n"))
	var header struct {
		Format  string `json:"format"`
		Version int    `json:"version"`
	}
	if json.Unmarshal(line, &header) != nil || header.Format != "json" || header.Version != 1 {
		return nil, false
	}
	var tree map[string]any
	if json.Unmarshal(document, &tree) != nil {
		return nil, false
	}
	d.translate(tree)
	moved, err := json.Marshal(tree)
	return moved, err == nil
}

// translate puts the times of a document and of its subsegments on the account's clock.
func (d *Daemon) translate(document map[string]any) {
	for _, key := range []string{"start_time", "end_time"} {
		if seconds, ok := document[key].(float64); ok {
			document[key] = Seconds(d.at(timeOf(seconds)))
		}
	}
	for _, child := range children(document) {
		d.translate(child)
	}
}

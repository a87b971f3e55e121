package dataplane

import (
	"context"
	"io"
	"net"
	"sync"
)

// serveTCP serves a listener over TCP: each connection goes to one target for as long as it lasts. The
// function that it returns ends all of them.
func (l *listener) serveTCP() (stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	go func() {
		for {
			client, err := l.socket.Accept()
			if err != nil {
				return
			}
			go l.carry(ctx, client)
		}
	}()
	return func() {
		cancel()
		l.socket.Close()
	}
}

// carry joins a client's connection to a target until one side ends it or it is cut.
func (l *listener) carry(ctx context.Context, client net.Conn) {
	defer client.Close()
	ctx, cut := context.WithCancel(ctx)
	defer cut()
	flight, host, ok := l.takeConnection(cut)
	if !ok {
		return
	}
	defer l.plane.land(flight)
	target, err := l.plane.dial(ctx, "tcp", host)
	if err != nil {
		return
	}
	defer target.Close()
	stopWatching := context.AfterFunc(ctx, func() {
		client.Close()
		target.Close()
	})
	defer stopWatching()
	var both sync.WaitGroup
	both.Go(func() { pour(target, client) })
	both.Go(func() { pour(client, target) })
	both.Wait()
}

func (l *listener) takeConnection(cut context.CancelFunc) (*flight, string, bool) {
	l.plane.acct.Lock()
	defer l.plane.acct.Unlock()
	return l.take(l.balancers.Route(l.arn).Match(nil).Groups, cut)
}

// pour copies from one connection to the other and passes its end on.
func pour(to, from net.Conn) {
	io.Copy(to, from)
	if half, ok := to.(*net.TCPConn); ok {
		half.CloseWrite()
	}
}

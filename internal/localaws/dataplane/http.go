package dataplane

import (
	"cmp"
	"context"
	"encoding/base64"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httputil"
	"slices"
	"time"

	localelb "bluegreen/internal/localaws/elbv2"
)

// groupCookie keeps a client on the target group that it was given, if the rule says so.
const groupCookie = "AWSALBTG"

// target is where a request goes, in the context of what is sent there.
type target struct {
	host, group string
	client      context.Context // ended, it is the client that has gone
}

type targetKey struct{}

// proxy is the handler of a listener over HTTP. It answers 503 when there is no target, 502 when the
// target breaks, 504 when the target does not begin to answer in time.
func (l *listener) proxy() http.Handler {
	forward := &httputil.ReverseProxy{
		Transport:    l.plane.transport,
		ErrorHandler: l.plane.answerForTarget,
		ErrorLog:     log.New(io.Discard, "", 0), // what clients see is the record
		Rewrite: func(r *httputil.ProxyRequest) {
			r.Out.URL.Scheme = "http"
			r.Out.URL.Host = r.In.Context().Value(targetKey{}).(target).host
			r.SetXForwarded()
		},
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ctx, cut := context.WithCancel(r.Context())
		defer cut()
		rule, flight, host, ok := l.takeRequest(r, cut)
		if ok {
			defer l.plane.land(flight)
		}
		switch {
		case rule.Fixed != nil:
			w.Header().Set("Content-Type", cmp.Or(rule.Fixed.ContentType, "text/plain"))
			w.WriteHeader(rule.Fixed.Status)
			io.WriteString(w, rule.Fixed.Body)
		case rule.Redirect != nil:
			http.Redirect(w, r, rule.Redirect.Location(r, l.protocol, l.port), rule.Redirect.Status)
		case !ok:
			if len(rule.Groups) > 0 {
				l.plane.failed(rule.Groups[0].ARN)
			}
			http.Error(w, "503 Service Temporarily Unavailable", http.StatusServiceUnavailable)
		default:
			if rule.Sticky > 0 {
				http.SetCookie(w, l.plane.sticky(flight.group, rule.Sticky))
			}
			forward.ServeHTTP(w, r.WithContext(context.WithValue(ctx, targetKey{}, target{host, flight.group, r.Context()})))
		}
	})
}

// takeRequest finds the rule that a request meets and, if it forwards, takes a target for it.
func (l *listener) takeRequest(r *http.Request, cut context.CancelFunc) (rule localelb.RoutedRule, f *flight, host string, ok bool) {
	l.plane.acct.Lock()
	defer l.plane.acct.Unlock()
	rule = l.balancers.Route(l.arn).Match(r)
	groups := rule.Groups
	if rule.Sticky > 0 {
		groups = stuckTo(groups, r)
	}
	f, host, ok = l.take(groups, cut)
	return rule, f, host, ok
}

// stuckTo is the one group that a client's cookie names, whatever its weight is now, or else all groups.
func stuckTo(groups []localelb.RoutedGroup, r *http.Request) []localelb.RoutedGroup {
	cookie, err := r.Cookie(groupCookie)
	if err != nil {
		return groups
	}
	at := slices.IndexFunc(groups, func(g localelb.RoutedGroup) bool { return cookieValue(g.ARN) == cookie.Value })
	if at < 0 {
		return groups
	}
	stuck := groups[at]
	stuck.Weight = 1
	return []localelb.RoutedGroup{stuck}
}

// sticky is the cookie of a target group. Browsers count wall seconds, and whole ones.
func (p *Plane) sticky(targetGroupARN string, lasts time.Duration) *http.Cookie {
	return &http.Cookie{
		Name: groupCookie, Value: cookieValue(targetGroupARN), Path: "/",
		MaxAge: max(1, int(p.clock.Wall(lasts)/time.Second)),
	}
}

func cookieValue(targetGroupARN string) string {
	return base64.RawURLEncoding.EncodeToString([]byte(targetGroupARN))
}

// answerForTarget is what the load balancer answers when the target did not.
func (p *Plane) answerForTarget(w http.ResponseWriter, r *http.Request, err error) {
	if to := r.Context().Value(targetKey{}).(target); to.client.Err() == nil {
		p.failed(to.group)
	}
	var timeout net.Error
	if errors.As(err, &timeout) && timeout.Timeout() {
		http.Error(w, "504 Gateway Time-out", http.StatusGatewayTimeout)
		return
	}
	http.Error(w, "502 Bad Gateway", http.StatusBadGateway)
}

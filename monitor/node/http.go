package node

import (
	"net"
	"net/http"
	"net/netip"
	"time"

	"github.com/gubbo/gubbo/monitor/dashboard"
)

// handler serves the API and the dashboard. local says that the listener is
// on loopback.
func handler(v *view, local bool) http.Handler {
	mux := http.NewServeMux()
	v.routes(mux)
	mux.Handle("/", dashboard.Handler())
	return guard(mux, local)
}

// guard keeps other sites' pages out. On loopback it also refuses names that
// are not this machine's: a page whose name was made to point to 127.0.0.1
// could otherwise read the dashboard through its visitor's browser.
func guard(next http.Handler, local bool) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		if local && !localName(r.Host) {
			writeError(w, http.StatusForbidden, "this monitor listens on loopback and answers to localhost or an IP address only; to serve other names let it listen on another address")
			return
		}
		next.ServeHTTP(w, r)
	})
}

func localName(host string) bool {
	if h, _, err := net.SplitHostPort(host); err == nil {
		host = h
	}
	if host == "localhost" {
		return true
	}
	if len(host) > 1 && host[0] == '[' {
		host = host[1 : len(host)-1]
	}
	_, err := netip.ParseAddr(host)
	return err == nil
}

func newHTTPServer(h http.Handler) *http.Server {
	return &http.Server{Handler: h, ReadHeaderTimeout: 10 * time.Second, ReadTimeout: 30 * time.Second, WriteTimeout: time.Minute, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 64 << 10}
}

func isLoopback(a net.Addr) bool {
	t, ok := a.(*net.TCPAddr)
	return ok && t.IP.IsLoopback()
}

package provider

import (
	"net"
	"strings"
	"testing"
	"time"

	"github.com/gubbo/gubbo/api"
)

func TestRegisterRefuses(t *testing.T) {
	three := handlers(identity)
	twice := &api.ServiceDesc{Service: api.Service{Interface: "lab.Twice"}, Methods: []api.Method{{Name: "a", Desc: "I"}, {Name: "a", Desc: "I"}}}
	for _, c := range []struct {
		name string
		desc *api.ServiceDesc
		h    []Handler
		opts []ServiceOption
		want string
	}{
		{"again", &echoDesc, three, nil, `service "lab.Echo" is registered twice`},
		{"two methods alike", twice, three[:2], nil, `two methods "a" with the parameters "I"`},
		{"too few handlers", &echoDesc, three[:2], []ServiceOption{Group("x")}, "3 methods but 2 handlers"},
		{"an empty handler", &echoDesc, make([]Handler, 3), nil, "has no New or no Call"},
		{"no interface", &api.ServiceDesc{}, nil, nil, "interface name"},
		{"a strange group", &echoDesc, three, []ServiceOption{Group("a&b")}, "which a URL cannot carry"},
		{"our own parameter", &echoDesc, three, []ServiceOption{Param("side", "x")}, "writes itself"},
		{"no such method", &echoDesc, three, []ServiceOption{MethodTimeout("x", time.Second)}, `names the method "x"; the service has list, say`},
		{"a short timeout", &echoDesc, three, []ServiceOption{Timeout(time.Microsecond)}, "shorter than 1ms"},
		{"a negative weight", &echoDesc, three, []ServiceOption{Weight(-1)}, "is negative"},
	} {
		err := echoServer(t, Config{Listen: "127.0.0.1:0"}).Register(c.desc, c.h, c.opts...)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %v\nwant %s", c.name, err, c.want)
		}
	}
	s := echoServer(t, Config{Listen: "127.0.0.1:0"})
	if err := s.Register(&echoDesc, three, Version("2")); err != nil {
		t.Errorf("another version: %v", err)
	}
}

func TestPublishedURL(t *testing.T) {
	r := run(t, Config{Application: "shop", Advertise: "10.1.2.3"}, identity,
		Group("g"), Version("1.0"), Weight(50), Timeout(3*time.Second), MethodTimeout("list", 7*time.Second), Param("dubbo.tag", "blue"))
	u := r.URLs()[0]
	if u.Protocol() != "fake" || u.Host() != "10.1.2.3" || u.Port() == 0 || u.Path() != "lab.Echo" {
		t.Errorf("address of %s", u)
	}
	for k, want := range map[string]string{
		"application": "shop", "dubbo": "2.0.2", "generic": "false", "dynamic": "true", "group": "g", "interface": "lab.Echo", "methods": "list,say",
		"prefer.serialization": "hessian2", "side": "provider", "version": "1.0", "weight": "50", "timeout": "3000",
		"say.timeout": "2000", "list.timeout": "7000", "dubbo.tag": "blue",
	} {
		if got := u.Param(k); got != want {
			t.Errorf("%s=%q, want %q", k, got, want)
		}
	}
	if ms := u.Int("timestamp", 0); time.Since(time.UnixMilli(int64(ms))).Abs() > time.Minute {
		t.Errorf("timestamp %d is not now in milliseconds", ms)
	}
}

// Dubbo 2.7 lets the provider's URL say in which mode it calls.
func TestPublishedURLOfAGenericService(t *testing.T) {
	u := run(t, Config{Advertise: "10.1.2.3"}, identity, Generic()).URLs()[0]
	if u.ParamOr("generic", "none") != "none" || u.Param("gubbo.generic") != "true" {
		t.Errorf("published %s", u)
	}
}

func TestAdvertise(t *testing.T) {
	tcp := func(host string) net.Addr { return &net.TCPAddr{IP: net.ParseIP(host), Port: 20880} }
	for _, c := range []struct {
		advertise, listener, host string
		port                      int
	}{
		{"", "127.0.0.1", "127.0.0.1", 20880},
		{"a.example", "127.0.0.1", "a.example", 20880},
		{"a.example:80", "127.0.0.1", "a.example", 80},
		{"::1", "127.0.0.1", "::1", 20880},
		{"[::1]:80", "127.0.0.1", "::1", 80},
	} {
		host, port, err := published(c.advertise, tcp(c.listener))
		if err != nil || host != c.host || port != c.port {
			t.Errorf("%q: %s %d %v", c.advertise, host, port, err)
		}
	}
	if host, _, err := published("", tcp("0.0.0.0")); err != nil || net.ParseIP(host) == nil || net.ParseIP(host).IsUnspecified() {
		t.Errorf("an unspecified listener: %q %v", host, err)
	}
}

func TestConfigIsChecked(t *testing.T) {
	for _, c := range []struct {
		c    Config
		want string
	}{
		{Config{}, "Application is empty"},
		{Config{Application: "a b"}, "which a URL cannot carry"},
		{Config{Application: "a"}, "Listen is empty"},
		{Config{Application: "a", Listen: "127.0.0.1"}, `"127.0.0.1" has no port`},
		{Config{Application: "a", Listen: ":0", Listener: newFakeListener()}, "both set"},
		{Config{Application: "a", Listen: ":0", Advertise: "h:x"}, `Advertise "h:x"`},
		{Config{Application: "a", Listen: ":0", DrainWait: -1}, "negative"},
		{Config{Application: "a", Listen: ":0", Check: 7}, "CheckOn or CheckOff"},
		{Config{Application: "a", Listen: ":0", Observers: []api.Observer{nil}}, "Observers[0] is nil"},
	} {
		if _, err := New(c.c); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("got %v, want %s", err, c.want)
		}
	}
	if s, err := New(Config{Application: "a", Listen: ":0"}); err != nil || s.config.Protocols[0].Name() != "dubbo" {
		t.Errorf("the default protocol: %v", err)
	}
}

package provider

import (
	"fmt"
	"net"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/gubbo/gubbo/api"
	"github.com/gubbo/gubbo/internal/release"
)

// urlReserved are the bytes that separate the parts of Dubbo's URLs, which
// have no escape.
const urlReserved = "&=;?#\r\n\t "

// ownParams are the parameters that every published URL has or may have, and
// that options of their own set.
var ownParams = []string{"application", "auth", "authenticator", "callbacks", "category", "deprecated", "dubbo", "dynamic", "generic", release.ParamGeneric, "group", "interface", "methods", "pid",
	"prefer.serialization", "release", "side", "timeout", "timestamp", "token", "version", "weight"}

// url returns what is published for s.
func (s *service) url(protocol, application, host string, port int, started time.Time) api.URL {
	params := map[string]string{
		"application": application,
		"deprecated":  "false",
		"dubbo":       "2.0.2", // the protocol's version; release is ours
		"dynamic":     "true",
		"generic":     "false",
		"group":       s.Group,
		"interface":   s.Interface,
		"methods":     strings.Join(methodNames(s.desc), ","),
		"pid":         strconv.Itoa(os.Getpid()),
		// Without it Java 3.2 would send fastjson2.
		"prefer.serialization": "hessian2",
		"release":              release.Name,
		"side":                 "provider",
		"timestamp":            strconv.FormatInt(started.UnixMilli(), 10),
		"version":              s.Version,
	}
	if s.generic { // Dubbo 2.7 would take it for the mode of its calls, which is then the default
		delete(params, "generic")
	}
	for k, v := range s.params {
		params[k] = v
	}
	return api.NewURL(protocol, host, port, s.address().Interface, params)
}

// address is what routes calls to s: its path in place of the interface.
func (s *service) address() api.Service {
	a := s.Service
	if s.path != "" {
		a.Interface = s.path
	}
	return a
}

// splitAdvertise reads "host" or "host:port"; port is 0 if it is absent.
func splitAdvertise(a string) (host string, port int, err error) {
	bad := func() (string, int, error) {
		return "", 0, fmt.Errorf(`provider: Config.Advertise %q is no "host" or "host:port"`, a)
	}
	host = a
	if ip := net.ParseIP(strings.Trim(a, "[]")); ip != nil {
		host = ip.String()
	} else if strings.Contains(a, ":") {
		var p string
		if host, p, err = net.SplitHostPort(a); err != nil {
			return bad()
		}
		n, err := strconv.ParseUint(p, 10, 16)
		if err != nil || n == 0 {
			return bad()
		}
		port = int(n)
	}
	if host == "" || strings.ContainsAny(host, urlReserved+"/@,") {
		return bad()
	}
	return host, port, nil
}

// published returns the host and port that consumers are told.
func published(advertise string, listener net.Addr) (host string, port int, err error) {
	h, p, err := net.SplitHostPort(listener.String())
	if err != nil {
		return "", 0, fmt.Errorf("provider: the listener's address %q has no port; set Config.Advertise", listener)
	}
	if port, err = strconv.Atoi(p); err != nil {
		return "", 0, fmt.Errorf("provider: the listener's address %q has a bad port", listener)
	}
	if advertise != "" {
		ah, ap, err := splitAdvertise(advertise)
		if ap == 0 {
			ap = port
		}
		return ah, ap, err
	}
	if ip := net.ParseIP(h); ip != nil && ip.IsUnspecified() {
		if h, err = machineAddress(); err != nil {
			return "", 0, err
		}
	}
	return h, port, nil
}

// machineAddress returns the first address of the machine that others can
// reach: IPv4 before IPv6, and loopback if there is nothing else.
func machineAddress() (string, error) {
	addrs, err := net.InterfaceAddrs()
	if err != nil {
		return "", fmt.Errorf("provider: the machine's addresses cannot be read; set Config.Advertise: %w", err)
	}
	six := ""
	for _, a := range addrs {
		n, ok := a.(*net.IPNet)
		if !ok || !n.IP.IsGlobalUnicast() {
			continue
		}
		if v4 := n.IP.To4(); v4 != nil {
			return v4.String(), nil
		}
		if six == "" {
			six = n.IP.String()
		}
	}
	if six != "" {
		return six, nil
	}
	return "127.0.0.1", nil
}

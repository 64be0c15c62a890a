package zookeeper

import (
	"fmt"
	"net"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gubbo/gubbo/api"
)

// address is what a registry's URL says.
type address struct {
	servers []string // "host:port"
	root    string   // "/dubbo"
	login   string   // "user:password", "" for none
	connect time.Duration
	session time.Duration
}

const (
	defaultSession = 15 * time.Second
	defaultConnect = 3 * time.Second
)

var parameters = []string{"backup", "group", "session", "timeout"}

func parseAddress(text string) (address, error) {
	u, err := api.ParseURL(text)
	if err != nil {
		return address{}, fmt.Errorf("zookeeper: %w", err)
	}
	bad := func(format string, args ...any) (address, error) { //nolint:unparam // it fits the return statements
		return address{}, fmt.Errorf("zookeeper: address %q "+format, append([]any{u.Redacted()}, args...)...)
	}
	if u.Protocol() != "zookeeper" {
		return bad(`has the scheme %q; the valid one is "zookeeper"`, u.Protocol())
	}
	if u.Path() != "" {
		return bad("has the path %q, which Dubbo does not know; choose the root node by ?group=", u.Path())
	}
	for _, p := range u.Params() {
		if !slices.Contains(parameters, p.Key) {
			return bad("has the unknown parameter %q; valid are %s", p.Key, strings.Join(parameters, ", "))
		}
	}
	a := address{servers: []string{u.Address()}}
	if backup := u.Param("backup"); backup != "" {
		a.servers = append(a.servers, strings.Split(backup, ",")...)
	}
	for i, s := range a.servers {
		s = strings.TrimSpace(s)
		host, port, err := net.SplitHostPort(s)
		switch n, atoi := strconv.Atoi(port); {
		case s == "":
			return bad("has an empty server; write \"host:port,host:port\"")
		case err != nil || port == "":
			return bad("has the server %q without a port; write \"%s:2181\"", s, strings.TrimSuffix(s, ":"))
		case host == "":
			return bad("has the server %q without a host", s)
		case atoi != nil || n < 1 || n > 65535:
			return bad("has the server %q with a bad port; valid are 1 to 65535", s)
		}
		a.servers[i] = s
	}
	if slices.Sort(a.servers); len(slices.Compact(slices.Clone(a.servers))) < len(a.servers) {
		return bad("names one server twice")
	}
	group := strings.Trim(u.ParamOr("group", "dubbo"), "/")
	for part := range strings.SplitSeq(group, "/") {
		if part == "" || part == "." || part == ".." {
			return bad("has the group %q, which is no path of nodes", u.Param("group"))
		}
	}
	a.root = "/" + group
	switch {
	case u.User() != "" && u.Password() != "":
		a.login = u.User() + ":" + u.Password()
	case u.User() != "" || u.Password() != "":
		return bad("has half a login; write \"user:password@\"")
	}
	for key, d := range map[string]*time.Duration{"session": &a.session, "timeout": &a.connect} {
		*d = u.Millis(key, -1)
		if v := u.Param(key); v != "" && (*d <= 0 || *d > 24*time.Hour) {
			return bad("has %s=%q; valid are milliseconds from 1 to 86400000", key, v)
		}
	}
	if a.session < 0 {
		a.session = defaultSession
	}
	if a.connect < 0 {
		a.connect = defaultConnect
	}
	return a, nil
}

package zk

import (
	"fmt"
	"net"
	"strings"
	"unicode/utf16"
)

const defaultPort = "2181"

// ensemble is where to connect: "host:port,host:port/root".
type ensemble struct {
	servers []string
	root    string // the path that is the client's "/"; "" is the server's own
}

func parseEnsemble(text string) (ensemble, error) {
	hosts, root, _ := strings.Cut(text, "/")
	var e ensemble
	if root != "" {
		e.root = "/" + root
		if err := validPath(e.root); err != nil {
			return e, err
		}
	}
	for host := range strings.SplitSeq(hosts, ",") {
		host = strings.TrimSpace(host)
		if host == "" {
			continue
		}
		if _, _, err := net.SplitHostPort(host); err != nil {
			host = net.JoinHostPort(strings.Trim(host, "[]"), defaultPort)
		}
		e.servers = append(e.servers, host)
	}
	if len(e.servers) == 0 {
		return e, fmt.Errorf("%q names no server; write host:port[,host:port][/root]", text)
	}
	return e, nil
}

// toServer is the server's name for a path of the client.
func (e *ensemble) toServer(path string) string {
	if path == "/" && e.root != "" {
		return e.root
	}
	return e.root + path
}

// toClient is the client's name for a path of the server.
func (e *ensemble) toClient(path string) string {
	if path = strings.TrimPrefix(path, e.root); path != "" {
		return path
	}
	return "/"
}

// validPath says what is wrong with a path in the words of ZooKeeper's clients.
// Positions count as Java does, in UTF-16.
func validPath(path string) error {
	switch {
	case path == "":
		return fail("Path length must be > 0")
	case path[0] != '/':
		return fail("Path must start with / character")
	case path == "/":
		return nil
	case strings.HasSuffix(path, "/"):
		return fail("Path must not end with / character")
	}
	units := utf16.Encode([]rune(path))
	at := func(i int) uint16 { // past the end as at a slash
		if i == len(units) {
			return '/'
		}
		return units[i]
	}
	for i := 1; i < len(units); i++ {
		why := ""
		switch u, last := units[i], units[i-1]; {
		case u == 0:
			why = "null character not allowed"
		case u == '/' && last == '/':
			why = "empty node name specified"
		case u == '.' && last == '.' && units[i-2] == '/' && at(i+1) == '/',
			u == '.' && last == '/' && at(i+1) == '/':
			why = "relative paths not allowed"
		case u <= 0x1f, u >= 0x7f && u <= 0x9f, u >= 0xd800 && u <= 0xf8ff, u >= 0xfff0:
			why = "invalid character"
		}
		if why != "" {
			return fail("Invalid path string \"%s\" caused by %s @%d", path, why, i)
		}
	}
	return nil
}

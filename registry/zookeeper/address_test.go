package zookeeper

import (
	"slices"
	"strings"
	"testing"
	"time"
)

func TestParseAddress(t *testing.T) {
	for text, want := range map[string]address{
		"zookeeper://127.0.0.1:2181":                    {servers: []string{"127.0.0.1:2181"}, root: "/dubbo"},
		"zookeeper://a:2181,b:2182":                     {servers: []string{"a:2181", "b:2182"}, root: "/dubbo"},
		"zookeeper://a:2181?backup=b:2181,c:2181":       {servers: []string{"a:2181", "b:2181", "c:2181"}, root: "/dubbo"},
		"zookeeper://a:2181,b:2181?backup=c:2181":       {servers: []string{"a:2181", "b:2181", "c:2181"}, root: "/dubbo"},
		"zookeeper://[::1]:2181":                        {servers: []string{"[::1]:2181"}, root: "/dubbo"},
		"zookeeper://u:p@ss@a:2181?group=/shop/dubbo":   {servers: []string{"a:2181"}, root: "/shop/dubbo", login: "u:p@ss"},
		"zookeeper://a:2181?session=40000&timeout=1500": {servers: []string{"a:2181"}, root: "/dubbo", session: 40 * time.Second, connect: 1500 * time.Millisecond},
	} {
		if want.session == 0 {
			want.session, want.connect = defaultSession, defaultConnect
		}
		got, err := parseAddress(text)
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		if !slices.Equal(got.servers, want.servers) || got.root != want.root || got.login != want.login || got.session != want.session || got.connect != want.connect {
			t.Errorf("%s: got %+v, want %+v", text, got, want)
		}
	}
}

func TestBadAddressesAreNamed(t *testing.T) {
	for text, part := range map[string]string{
		"":                                   "no scheme",
		"127.0.0.1:2181":                     "no scheme",
		"nacos://127.0.0.1:8848":             `the scheme "nacos"; the valid one is "zookeeper"`,
		"zookeeper://127.0.0.1":              `"127.0.0.1" without a port; write "127.0.0.1:2181"`,
		"zookeeper://":                       "empty server",
		"zookeeper://:2181":                  "without a host",
		"zookeeper://a:2181,b":               `"b" without a port`,
		"zookeeper://a:2181,":                "",
		"zookeeper://a:2181?backup=b:x":      "bad port",
		"zookeeper://a:2181?backup=b:70000":  "bad port",
		"zookeeper://a:2181,a:2181":          "twice",
		"zookeeper://a:2181/chroot":          `the path "chroot"`,
		"zookeeper://a:2181?sesion=5000":     `unknown parameter "sesion"; valid are backup, group, session, timeout`,
		"zookeeper://a:2181?session=soon":    `session="soon"; valid are`,
		"zookeeper://a:2181?timeout=-1":      `timeout="-1"`,
		"zookeeper://a:2181?group=a//b":      "group",
		"zookeeper://a:2181?group=..":        "group",
		"zookeeper://user@a:2181":            "half a login",
		"zookeeper://user:secret@a:2181/x/y": "***",
	} {
		_, err := parseAddress(text)
		if part == "" && err == nil {
			continue
		}
		if err == nil || !strings.Contains(err.Error(), part) || strings.Contains(err.Error(), "secret") {
			t.Errorf("%q: error %v, want one with %q", text, err, part)
		}
	}
}

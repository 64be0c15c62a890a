package consumer

import (
	"net"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gubbo/gubbo/api"
	"github.com/gubbo/gubbo/internal/release"
	"github.com/gubbo/gubbo/registry"
)

// consumerURL is how this consumer is listed under the service.
func (c *Client) consumerURL(d *Directory, now time.Time) api.URL {
	host := c.cfg.Advertise
	if host == "" {
		host = localHost()
	}
	methods := make([]string, 0, len(d.methods))
	for _, m := range d.methods {
		methods = append(methods, m.Name)
	}
	slices.Sort(methods)
	methods = slices.Compact(methods)
	if len(methods) == 0 {
		methods = []string{"*"}
	}
	return api.NewURL("consumer", host, 0, d.service.Interface, map[string]string{
		"application": c.cfg.Application,
		"category":    string(registry.Consumers),
		"check":       "false",
		"dubbo":       "2.0.2",
		"interface":   d.service.Interface,
		"group":       d.service.Group,
		"version":     d.service.Version,
		"methods":     strings.Join(methods, ","),
		"pid":         strconv.Itoa(os.Getpid()),
		"release":     release.Name,
		"side":        api.ConsumerSide.String(),
		"timestamp":   strconv.FormatInt(now.UnixMilli(), 10),
	})
}

// localHost is the machine's first address that is not loopback, IPv4 before
// IPv6, else 127.0.0.1. It only tells people where a consumer runs.
func localHost() string {
	addresses, _ := net.InterfaceAddrs() // without them there is loopback
	v6 := ""
	for _, a := range addresses {
		n, ok := a.(*net.IPNet)
		if !ok || !n.IP.IsGlobalUnicast() {
			continue
		}
		if n.IP.To4() != nil {
			return n.IP.String()
		}
		if v6 == "" {
			v6 = n.IP.String()
		}
	}
	if v6 != "" {
		return v6
	}
	return "127.0.0.1"
}

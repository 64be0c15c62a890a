package node

import (
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gubbo/gubbo/api"
	"github.com/gubbo/gubbo/monitor"
)

const (
	defaultRange = time.Hour
	maxRange     = 7 * 24 * time.Hour
	maxParam     = 1024
)

// params reads the parameters of a request; the first mistake is kept.
type params struct {
	values url.Values
	err    error
}

// paramsOf takes a raw query; a parameter that is not known, or comes twice,
// is a mistake, since it would otherwise be ignored in silence.
func paramsOf(raw string, known ...string) *params {
	p := &params{}
	values, err := url.ParseQuery(raw)
	if err != nil {
		p.fail("the query cannot be read: %v", err)
		return p
	}
	p.values = values
	for _, name := range slices.Sorted(maps.Keys(values)) {
		switch {
		case !slices.Contains(known, name):
			if len(known) == 0 {
				p.fail("parameter %q is not known; none is taken here", name)
				break
			}
			p.fail("parameter %q is not known; known are %s", name, strings.Join(known, ", "))
		case len(values[name]) > 1:
			p.fail("parameter %q is given %d times; give it once", name, len(values[name]))
		case len(values.Get(name)) > maxParam:
			p.fail("parameter %q is longer than %d bytes", name, maxParam)
		}
	}
	return p
}

func (p *params) fail(format string, args ...any) {
	if p.err == nil {
		p.err = fmt.Errorf(format, args...)
	}
}

// text returns nil where the parameter is absent or empty.
func (p *params) text(name string) *string {
	if v := p.values.Get(name); v != "" {
		return &v
	}
	return nil
}

func (p *params) side() *string {
	v := p.text("side")
	if v != nil && *v != api.ConsumerSide.String() && *v != api.ProviderSide.String() {
		p.fail(`parameter "side" is %q; write consumer or provider`, *v)
	}
	return v
}

// service reads "service": an interface, or a whole key as "g/x.Y:1.0.0". whole
// tells which.
func (p *params) service() (s api.Service, whole, given bool) {
	v := p.text("service")
	if v == nil {
		return api.Service{}, false, false
	}
	s = api.ParseService(*v)
	if s.Interface == "" {
		p.fail(`parameter "service" is %q; write an interface as com.example.User, or a key as group/com.example.User:1.0.0`, *v)
	}
	return s, s.Group != "" || s.Version != "", true
}

// minutes reads "from" and "to": minutes that begin in [from, to).
func (p *params) minutes(now time.Time) (from, to int64) {
	end := p.time("to", now)
	begin := p.time("from", end.Add(-defaultRange))
	if !begin.Before(end) {
		p.fail(`parameter "from" is %s, which is not before "to", %s`, begin.UTC().Format(time.RFC3339), end.UTC().Format(time.RFC3339))
	}
	if end.Sub(begin) > maxRange {
		p.fail(`parameters "from" and "to" are %v apart; ask for at most %v`, end.Sub(begin), maxRange)
	}
	return ceilMinute(begin), ceilMinute(end)
}

func ceilMinute(t time.Time) int64 { return monitor.MinuteOf(t.Add(time.Minute - 1)) }

func (p *params) time(name string, otherwise time.Time) time.Time {
	v := p.values.Get(name)
	if v == "" {
		return otherwise
	}
	if t, err := time.Parse(time.RFC3339, v); err == nil && t.Year() >= 1970 {
		return t
	}
	if s, err := strconv.ParseInt(v, 10, 64); err == nil && s >= 0 && s < 1<<38 {
		return time.Unix(s, 0)
	}
	p.fail("parameter %q is %q; write a time as 2026-11-24T08:15:00Z or as seconds since 1970", name, v)
	return otherwise
}

// dimensions are what rows can be kept apart by.
var dimensions = []string{"minute", "side", "application", "service", "group", "version", "method", "peer", "instance", "boot"}

// by reads "by": the dimensions by which rows are kept apart.
func (p *params) by() map[string]bool {
	v := p.values.Get("by")
	if v == "" {
		v = "minute,side,application,service,group,version,method"
	}
	by := make(map[string]bool)
	for name := range strings.SplitSeq(v, ",") {
		if !slices.Contains(dimensions, name) {
			p.fail(`parameter "by" names %q; known are %s`, name, strings.Join(dimensions, ", "))
		}
		by[name] = true
	}
	return by
}

package node

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/gubbo/gubbo/api"
	"github.com/gubbo/gubbo/monitor"
	"github.com/gubbo/gubbo/monitor/store"
)

// Row is a row of the answer to /api/v1/statistics. Times are milliseconds.
type Row struct {
	Minute      *time.Time `json:"minute,omitempty"`
	Side        string     `json:"side,omitempty"`
	Application string     `json:"application,omitempty"`
	Service     string     `json:"service,omitempty"`
	Method      string     `json:"method,omitempty"`
	Group       string     `json:"group"`
	Version     string     `json:"version"`
	Peer        *string    `json:"peer,omitempty"`
	Instance    string     `json:"instance,omitempty"`
	Boot        string     `json:"boot,omitempty"`

	// Success and Failure are users' calls by final outcome; Attempts counts
	// tries.
	Success  int64            `json:"success"`
	Failure  int64            `json:"failure"`
	Failures map[string]int64 `json:"failures,omitempty"`
	Attempts int64            `json:"attempts"`

	Elapsed    float64 `json:"elapsed_ms"`
	MaxElapsed float64 `json:"max_elapsed_ms"`
	P50        float64 `json:"p50_ms"`
	P90        float64 `json:"p90_ms"`
	P99        float64 `json:"p99_ms"`

	Concurrency    float64 `json:"concurrency"`
	MaxConcurrency int64   `json:"max_concurrency"`
	BytesIn        int64   `json:"bytes_in"`
	BytesOut       int64   `json:"bytes_out"`
	// Reporters is how many processes' rows are in this one.
	Reporters int `json:"reporters"`
}

// maxGroups bounds the rows of one answer.
const maxGroups = 50_000

var errTooMany = fmt.Errorf(`more than %d rows answer this; narrow it with "service", "method", "from" and "to", or keep less apart with "by"`, maxGroups)

// group is what rows have in common that are added up.
type group struct {
	minute         int64
	series         monitor.Series
	instance, boot string
}

type sum struct {
	counts    monitor.Counts
	latency   monitor.Histogram
	reporters map[monitor.Reporter]struct{}
}

// sums adds rows up by the dimensions in by.
type sums struct {
	by  map[string]bool
	all map[group]*sum
	err error
}

func (s *sums) add(r *store.Row) bool {
	var g group
	if s.by["minute"] {
		g.minute = r.Minute
	}
	if s.by["side"] {
		g.series.Side = r.Series.Side
	}
	keep := func(name string, to *string, text string) {
		if s.by[name] {
			*to = text
		}
	}
	keep("application", &g.series.Application, r.Series.Application)
	keep("service", &g.series.Service.Interface, r.Series.Service.Interface)
	keep("group", &g.series.Service.Group, r.Series.Service.Group)
	keep("version", &g.series.Service.Version, r.Series.Service.Version)
	keep("method", &g.series.Method, r.Series.Method)
	keep("peer", &g.series.Peer, r.Series.Peer)
	keep("instance", &g.instance, r.Reporter.Instance)
	keep("boot", &g.boot, r.Reporter.Boot)
	m := s.all[g]
	if m == nil {
		if len(s.all) == maxGroups {
			s.err = errTooMany
			return false
		}
		m = &sum{reporters: make(map[monitor.Reporter]struct{})}
		s.all[g] = m
	}
	m.counts.Add(&r.Counts)
	m.reporters[r.Reporter] = struct{}{}
	if err := m.latency.Merge(r.Latency); err != nil {
		s.err = errors.Join(err, fmt.Errorf("in the row of minute %d of %+v", r.Minute, r.Series))
		return false
	}
	return true
}

// rows returns the sums in order.
func (s *sums) rows() []Row {
	groups := make([]group, 0, len(s.all))
	for g := range s.all {
		groups = append(groups, g)
	}
	slices.SortFunc(groups, func(a, b group) int {
		x, y := &a.series, &b.series
		return cmp.Or(cmp.Compare(a.minute, b.minute), cmp.Compare(x.Side, y.Side), strings.Compare(x.Service.Interface, y.Service.Interface),
			strings.Compare(x.Service.Group, y.Service.Group), strings.Compare(x.Service.Version, y.Service.Version), strings.Compare(x.Method, y.Method),
			strings.Compare(x.Application, y.Application), strings.Compare(x.Peer, y.Peer), strings.Compare(a.instance, b.instance), strings.Compare(a.boot, b.boot))
	})
	rows := make([]Row, len(groups))
	for i, g := range groups {
		rows[i] = s.row(g)
	}
	return rows
}

func (s *sums) row(g group) Row {
	m := s.all[g]
	c := &m.counts
	quantile := func(q float64) float64 { return millis(min(int64(m.latency.Quantile(q)), c.MaxElapsed)) }
	r := Row{
		Application: g.series.Application, Service: g.series.Service.Interface, Group: g.series.Service.Group, Version: g.series.Service.Version,
		Method: g.series.Method, Instance: g.instance, Boot: g.boot,
		Success: c.Calls[api.ClassSuccess], Failure: c.Failures(), Attempts: c.Attempts,
		Elapsed: millis(c.Elapsed), MaxElapsed: millis(c.MaxElapsed), P50: quantile(0.5), P90: quantile(0.9), P99: quantile(0.99),
		MaxConcurrency: c.MaxConcurrency, BytesIn: c.BytesIn, BytesOut: c.BytesOut, Reporters: len(m.reporters),
	}
	if s.by["minute"] {
		t := monitor.MinuteTime(g.minute)
		r.Minute = &t
	}
	if s.by["side"] {
		r.Side = g.series.Side.String()
	}
	if s.by["peer"] {
		r.Peer = &g.series.Peer
	}
	if n := c.Total(); n > 0 {
		r.Concurrency = math.Round(100*float64(c.Concurrency)/float64(n)) / 100
	}
	for class := range api.Classes {
		if n := c.Calls[class]; n > 0 && api.Class(class) != api.ClassSuccess {
			if r.Failures == nil {
				r.Failures = make(map[string]int64)
			}
			r.Failures[api.Class(class).String()] = n
		}
	}
	return r
}

func millis(us int64) float64 { return float64(us) / 1000 }

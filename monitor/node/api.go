package node

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"time"

	"github.com/gubbo/gubbo/api"
	"github.com/gubbo/gubbo/monitor"
	"github.com/gubbo/gubbo/monitor/store"
	"github.com/gubbo/gubbo/registry"
)

// view answers the JSON API from what the monitor knows.
type view struct {
	now       func() time.Time
	registry  registry.Registry // nil if there is none
	store     store.Store
	fleet     *fleet
	reporters *reporters
}

// servicesAnswer is the answer to /api/v1/services.
type servicesAnswer struct {
	Now      time.Time     `json:"now"`
	Registry registryState `json:"registry"`
	Services []Service     `json:"services"`
	// Unreadable are names in the registry that no URL could be made of.
	Unreadable []string `json:"unreadable,omitempty"`
}

type registryState struct {
	Connected bool   `json:"connected"`
	Error     string `json:"error,omitempty"`
}

// statisticsAnswer is the answer to /api/v1/statistics.
type statisticsAnswer struct {
	From time.Time `json:"from"`
	To   time.Time `json:"to"`
	Rows []Row     `json:"rows"`
	Gaps []gapJSON `json:"gaps"`
}

type gapsAnswer struct {
	From time.Time `json:"from"`
	To   time.Time `json:"to"`
	Gaps []gapJSON `json:"gaps"`
}

// gapJSON is a Gap as the API writes it; To is null while it grows.
type gapJSON struct {
	Application string     `json:"application"`
	Instance    string     `json:"instance"`
	Boot        string     `json:"boot"`
	From        time.Time  `json:"from"`
	To          *time.Time `json:"to"`
	Reason      string     `json:"reason"`
}

type reportersAnswer struct {
	Now       time.Time      `json:"now"`
	Reporters []reporterJSON `json:"reporters"`
}

type reporterJSON struct {
	Application string    `json:"application"`
	Instance    string    `json:"instance"`
	Boot        string    `json:"boot"`
	Started     time.Time `json:"started"`
	// Through is the moment until which the monitor has all that this reporter
	// counted.
	Through        time.Time `json:"through"`
	Received       time.Time `json:"received"`
	State          state     `json:"state"`
	Gap            bool      `json:"gap"`
	DroppedMinutes int64     `json:"dropped_minutes"`
}

// routes adds the API to mux.
func (v *view) routes(mux *http.ServeMux) {
	mux.Handle("GET /api/v1/services", answer(v.services))
	mux.Handle("GET /api/v1/statistics", answer(v.statistics))
	mux.Handle("GET /api/v1/gaps", answer(v.gaps))
	mux.Handle("GET /api/v1/reporters", answer(v.listReporters))
	mux.Handle("/api/", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		writeError(w, http.StatusNotFound, "there is no "+r.Method+" "+r.URL.Path+"; see docs/monitor.md")
	}))
}

// badRequest is a mistake of whoever asked.
type badRequest struct{ error }

// answer makes a handler of a function that returns what becomes JSON.
func answer(f func(ctx context.Context, query string) (any, error)) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		v, err := f(r.Context(), r.URL.RawQuery)
		if bad, ok := errors.AsType[badRequest](err); ok {
			writeError(w, http.StatusBadRequest, bad.Error())
			return
		}
		if err != nil {
			writeError(w, http.StatusInternalServerError, err.Error())
			return
		}
		writeJSON(w, http.StatusOK, v)
	})
}

func writeError(w http.ResponseWriter, status int, text string) {
	writeJSON(w, status, map[string]string{"error": text})
}

func writeJSON(w http.ResponseWriter, status int, v any) {
	var b bytes.Buffer
	if err := json.NewEncoder(&b).Encode(v); err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_, _ = w.Write(b.Bytes()) // whoever asked may have left
}

func (v *view) services(_ context.Context, query string) (any, error) {
	if p := paramsOf(query); p.err != nil {
		return nil, badRequest{p.err}
	}
	a := servicesAnswer{Now: v.now().UTC()}
	a.Services, a.Unreadable = v.fleet.services()
	if v.registry != nil {
		s := v.registry.State()
		a.Registry.Connected = s.Connected
		if s.Err != nil {
			a.Registry.Error = s.Err.Error()
		}
	} else {
		a.Registry.Error = "this monitor runs without a registry"
	}
	return a, nil
}

func (v *view) statistics(ctx context.Context, query string) (any, error) {
	p := paramsOf(query, "service", "method", "side", "application", "from", "to", "by")
	from, to := p.minutes(v.now())
	q := store.Query{From: from, To: to, Side: p.side(), Method: p.text("method"), Application: p.text("application")}
	service, whole, given := p.service()
	if given {
		q.Interface = &service.Interface
		if whole {
			q.Group, q.Version = &service.Group, &service.Version
		}
	}
	s := sums{by: p.by(), all: make(map[group]*sum)}
	if p.err != nil {
		return nil, badRequest{p.err}
	}
	applications := make(map[string]bool)
	if err := v.store.Rows(ctx, q, func(r *store.Row) bool {
		applications[r.Series.Application] = true
		return s.add(r)
	}); err != nil {
		return nil, err
	}
	if errors.Is(s.err, errTooMany) {
		return nil, badRequest{s.err}
	} else if s.err != nil {
		return nil, s.err
	}
	gaps, err := v.gapsIn(ctx, from, to)
	if err != nil {
		return nil, err
	}
	if given || q.Application != nil {
		// A silent reporter has no rows that would name its services, so that
		// it concerns a service is told by its application.
		if given {
			for name := range v.fleet.applications(func(s api.Service) bool {
				return s.Interface == service.Interface && (!whole || s == service)
			}) {
				applications[name] = true
			}
		}
		kept := []gapJSON{}
		for _, g := range gaps {
			if applications[g.Application] && (q.Application == nil || *q.Application == g.Application) {
				kept = append(kept, g)
			}
		}
		gaps = kept
	}
	return statisticsAnswer{monitor.MinuteTime(from), monitor.MinuteTime(to), s.rows(), gaps}, nil
}

func (v *view) gaps(ctx context.Context, query string) (any, error) {
	p := paramsOf(query, "from", "to")
	from, to := p.minutes(v.now())
	if p.err != nil {
		return nil, badRequest{p.err}
	}
	gaps, err := v.gapsIn(ctx, from, to)
	return gapsAnswer{monitor.MinuteTime(from), monitor.MinuteTime(to), gaps}, err
}

func (v *view) gapsIn(ctx context.Context, from, to int64) ([]gapJSON, error) {
	heard, err := v.store.Heard(ctx, from, to)
	if err != nil {
		return nil, err
	}
	out := []gapJSON{}
	for _, g := range gapsOf(v.reporters.at(v.now()), heard, from, to) {
		j := gapJSON{Application: g.Application, Instance: g.Instance, Boot: g.Boot, From: time.UnixMilli(g.From).UTC(), Reason: g.Reason}
		if g.To != 0 {
			t := time.UnixMilli(g.To).UTC()
			j.To = &t
		}
		out = append(out, j)
	}
	return out, nil
}

func (v *view) listReporters(_ context.Context, query string) (any, error) {
	if p := paramsOf(query); p.err != nil {
		return nil, badRequest{p.err}
	}
	a := reportersAnswer{Now: v.now().UTC(), Reporters: []reporterJSON{}}
	for _, k := range v.reporters.at(v.now()) {
		a.Reporters = append(a.Reporters, reporterJSON{
			Application: k.Reporter.Application, Instance: k.Reporter.Instance, Boot: k.Reporter.Boot, Started: time.UnixMilli(k.Reporter.Started).UTC(),
			Through: time.UnixMilli(k.Through).UTC(), Received: time.UnixMilli(k.Received).UTC(),
			State: k.State, Gap: k.State == silent || k.State == gone, DroppedMinutes: k.Dropped,
		})
	}
	return a, nil
}

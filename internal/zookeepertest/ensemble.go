package zookeepertest

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"time"
)

// Ensemble is several servers that elect a leader. Its methods are for one
// goroutine.
type Ensemble struct {
	// Servers are the members; each may be stopped and started by itself.
	Servers []*Server
}

// OpenEnsemble starts n servers below o.Dir and returns when all serve. The
// caller ends them with Stop or Kill; they also die with this process.
func OpenEnsemble(n int, o Options) (*Ensemble, error) {
	var err error
	for range 5 {
		var ports []int
		if ports, err = freePorts(3 * n); err != nil {
			return nil, err
		}
		var quorum []string
		for i := range n {
			quorum = append(quorum, fmt.Sprintf("server.%d=127.0.0.1:%d:%d", i+1, ports[n+i], ports[2*n+i]))
		}
		e := &Ensemble{}
		for i := range n {
			one := o
			one.Dir = filepath.Join(o.Dir, fmt.Sprint("node", i+1))
			e.Servers = append(e.Servers, &Server{o: one, id: i + 1, port: ports[i], quorum: quorum})
		}
		if err = e.Start(); err == nil {
			return e, nil
		}
		_ = e.Kill()
		if !errors.Is(err, errPortTaken) {
			break
		}
	}
	return nil, err
}

// Addr returns the addresses of all members, "a:1,b:2,c:3".
func (e *Ensemble) Addr() string {
	var addrs []string
	for _, s := range e.Servers {
		addrs = append(addrs, s.Addr())
	}
	return strings.Join(addrs, ",")
}

// Start starts the members that do not run and returns when all serve.
func (e *Ensemble) Start() error {
	for _, s := range e.Servers {
		if err := s.launch(); err != nil {
			return err
		}
	}
	deadline := time.Now().Add(readyWithin)
	for _, s := range e.Servers {
		if err := s.waitReady(deadline); err != nil {
			return err
		}
	}
	return nil
}

// Stop ends all members by SIGTERM and keeps their data.
func (e *Ensemble) Stop() error { return e.each((*Server).Stop) }

// Kill ends all members by SIGKILL and keeps their data.
func (e *Ensemble) Kill() error { return e.each((*Server).Kill) }

// Wipe deletes the data of all members, which must be stopped.
func (e *Ensemble) Wipe() error { return e.each((*Server).Wipe) }

func (e *Ensemble) each(do func(*Server) error) error {
	var errs []error
	for _, s := range e.Servers {
		errs = append(errs, do(s))
	}
	return errors.Join(errs...)
}

// Leader returns the member that leads now, or an error while none does.
func (e *Ensemble) Leader() (*Server, error) {
	for _, s := range e.Servers {
		if !s.Running() {
			continue
		}
		if mode, err := s.Mode(); err == nil && mode == "leader" {
			return s, nil
		}
	}
	return nil, errors.New("zookeepertest: no member leads")
}

// KillLeader ends the leader by SIGKILL and returns it; the others elect a
// new one, which takes about a second.
func (e *Ensemble) KillLeader() (*Server, error) {
	s, err := e.Leader()
	if err != nil {
		return nil, err
	}
	return s, s.Kill()
}

// ExpireSession ends the session with this id through the first member that
// serves.
func (e *Ensemble) ExpireSession(id int64) error {
	err := errors.New("zookeepertest: no member runs")
	for _, s := range e.Servers {
		if !s.Running() {
			continue
		}
		if err = s.ExpireSession(id); err == nil || errors.Is(err, ErrNoSession) {
			return err
		}
	}
	return err
}

package provider

import (
	"errors"
	"fmt"
	"slices"
	"sync"

	"github.com/gubbo/gubbo/api"
	"github.com/gubbo/gubbo/protocol"
)

// Server publishes services. Its life is New, Register for each service, Run.
// All methods may be called from many goroutines.
type Server struct {
	config Config
	ready  chan struct{} // closed by Run when the services are served and registered

	mu       sync.Mutex      // guards what is below
	started  bool            // Run was called
	services []*service      // in the order of Register; frozen once started
	addr     string          // of the listener
	urls     []api.URL       // what is published
	server   protocol.Server // what serves it
}

// New makes a Server. It does nothing yet; it fails if c is not valid.
func New(c Config) (*Server, error) {
	if err := c.validate(); err != nil {
		return nil, err
	}
	return &Server{config: c, ready: make(chan struct{})}, nil
}

// Register adds a service; generated Register functions call it. handlers are
// in the order of desc.Methods. It fails if the same interface, group and
// version is registered already, if an option or the description is wrong, or
// once Run was called.
func (s *Server) Register(desc *api.ServiceDesc, handlers []Handler, opts ...ServiceOption) error {
	add, err := newService(desc, handlers, opts)
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.started {
		return fmt.Errorf("provider: service %q comes too late: register services before Run", add.Key())
	}
	for _, old := range s.services {
		if old.Service == add.Service {
			return fmt.Errorf("provider: service %q is registered twice; give one another group or version", add.Key())
		}
		if old.address() == add.address() {
			return fmt.Errorf("provider: services %q and %q have one path %q; give one another", old.Key(), add.Key(), add.address().Interface)
		}
	}
	s.services = append(s.services, add)
	return nil
}

// Ready is closed when Run serves and, with CheckOn, the registry has every
// URL. It stays open if Run fails before.
func (s *Server) Ready() <-chan struct{} { return s.ready }

// Addr returns the address that Run listens on, "host:port"; "" before.
func (s *Server) Addr() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.addr
}

// URLs returns the URLs that are published, one for each service in the order
// of Register; none before Run listens. They are what consumers without a
// registry are given.
func (s *Server) URLs() []api.URL {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.urls)
}

// Drops counts the answers of consumers' listeners that came for no call, since
// Run listens, over all connections. It is zero before, and where the protocol
// cannot tell.
func (s *Server) Drops() protocol.Drops {
	s.mu.Lock()
	server := s.server
	s.mu.Unlock()
	if d, ok := server.(protocol.DropCounter); ok {
		return d.Drops()
	}
	return protocol.Drops{}
}

var errNoService = errors.New("provider: no service is registered; call a generated Register function before Run")

// start freezes the services.
func (s *Server) start() ([]*service, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.started {
		return nil, errors.New("provider: Run was called already; make another Server")
	}
	s.started = true
	if len(s.services) == 0 {
		return nil, errNoService
	}
	return s.services, nil
}

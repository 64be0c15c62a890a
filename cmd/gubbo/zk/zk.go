package zk

import (
	"bufio"
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"strings"
	"sync"
	"time"
)

// Config says which ensemble to speak to and how. Out and Err are needed.
type Config struct {
	// Server is "host:port[,host:port][/root]"; default "127.0.0.1:2181". With a
	// root every path is meant below it.
	Server string
	// Timeout is that of the session; default 30 s.
	Timeout time.Duration
	// TLS is used for each connection if it is set.
	TLS *tls.Config
	// Auth are identities to prove at once, "scheme:secret", such as
	// "digest:user:password".
	Auth []string
	// Quiet leaves out what is said about connecting.
	Quiet bool

	// In is read for commands unless Run is given one. On a terminal, when Out
	// is one too, lines can be edited, recalled and completed.
	In       io.Reader
	Out, Err io.Writer
}

// Run runs one command, or those that it reads from In, until the input ends,
// quit or ctx does. It returns the exit code: that of the last command, 0 when
// it went well, 127 when there is no such command. The session is closed then.
func Run(ctx context.Context, cfg Config, command []string) (code int, err error) {
	proofs, err := parseAuth(cfg.Auth)
	if err != nil {
		return 1, err
	}
	if cfg.Server == "" {
		cfg.Server = "127.0.0.1:" + defaultPort
	}
	if cfg.Timeout <= 0 {
		cfg.Timeout = 30 * time.Second
	}
	var printing sync.Mutex
	s := &shell{out: lockedWriter{&printing, cfg.Out}, errs: lockedWriter{&printing, cfg.Err}, printWatches: true, mute: cfg.Quiet}
	s.connect = func(e ensemble) *session { return open(e, cfg.Timeout, cfg.dial, proofs, s.event) }
	read := readLines(cfg.In)
	if t := newTerminal(s, cfg.In, cfg.Out); t != nil && len(command) == 0 {
		s.out, s.errs = t, t
		read = t.readLine
	}
	if !cfg.Quiet {
		fmt.Fprintln(s.out, "Connecting to "+cfg.Server)
	}
	if err := s.open(cfg.Server); err != nil {
		return 1, fmt.Errorf("--server: %w", err)
	}
	if len(command) > 0 {
		s.run(ctx, command)
	} else {
		if !cfg.Quiet {
			fmt.Fprintln(s.out, "Welcome to ZooKeeper!")
		}
		s.loop(ctx, read)
	}
	s.leave()
	return s.exit, nil
}

// lockedWriter lets commands and events print to one place.
type lockedWriter struct {
	mu *sync.Mutex
	to io.Writer
}

func (w lockedWriter) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.to.Write(p)
}

// dial makes one connection.
func (c *Config) dial(ctx context.Context, address string) (net.Conn, error) {
	d := &net.Dialer{Timeout: 10 * time.Second}
	if c.TLS != nil {
		return (&tls.Dialer{NetDialer: d, Config: c.TLS}).DialContext(ctx, "tcp", address)
	}
	return d.DialContext(ctx, "tcp", address)
}

func parseAuth(list []string) ([]proof, error) {
	var proofs []proof
	for _, text := range list {
		scheme, secret, ok := strings.Cut(text, ":")
		if !ok || scheme == "" {
			return nil, fmt.Errorf("--auth: the scheme %q has no secret; write scheme:secret, such as digest:user:password", scheme)
		}
		proofs = append(proofs, proof{scheme, []byte(secret)})
	}
	return proofs, nil
}

// readLines returns what reads a line from r.
func readLines(r io.Reader) func() (string, error) {
	if r == nil {
		r = strings.NewReader("")
	}
	in := bufio.NewReader(r)
	return func() (string, error) {
		line, err := in.ReadString('\n')
		if err == io.EOF && line != "" {
			err = nil
		}
		return strings.TrimRight(line, "\r\n"), err
	}
}

// loop runs what read reads. No input can be told to stop waiting, so the
// goroutine that reads is left behind when ctx ends; the process ends then.
func (s *shell) loop(ctx context.Context, read func() (string, error)) {
	type input struct {
		line string
		err  error
	}
	ready, inputs := make(chan struct{}), make(chan input, 1)
	defer close(ready)
	go func() {
		for range ready {
			line, err := read()
			inputs <- input{line, err}
		}
	}()
	for !s.over && ctx.Err() == nil {
		ready <- struct{}{}
		select {
		case in := <-inputs:
			if in.err != nil {
				return
			}
			s.line(ctx, in.line)
		case <-ctx.Done():
		}
	}
}

// leave closes the session without a word, unless quit has done so.
func (s *shell) leave() {
	s.mu.Lock()
	s.mute = true
	s.mu.Unlock()
	s.session.close()
}

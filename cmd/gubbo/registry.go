package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/gubbo/gubbo/internal/task"
	"github.com/gubbo/gubbo/registry/zkserver"
)

// registryFlags are those of gubbo registry that are not fields of its Config.
type registryFlags struct {
	tlsListen, cert, key, clientCA, clientAuth string
	super, metrics                             string
}

func registryCommand() *cobra.Command {
	var c zkserver.Config
	var f registryFlags
	cmd := &cobra.Command{
		Use:   "registry",
		Short: "Run the embedded registry, which speaks ZooKeeper's protocol",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := f.apply(&c); err != nil {
				return err
			}
			return runRegistry(cmd, c, f.metrics)
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&c.Listen, "listen", "127.0.0.1:2181", "the address to listen on")
	flags.StringVar(&c.Dir, "data", "", "keep nodes and sessions in this directory")
	flags.StringVar(&f.tlsListen, "tls-listen", "", "the address of a second port that speaks TLS")
	flags.StringVar(&f.cert, "tls-cert", "", "the PEM file of the TLS port's certificate, with what it is signed by")
	flags.StringVar(&f.key, "tls-key", "", "the PEM file of its key")
	flags.StringVar(&f.clientCA, "tls-client-ca", "", "the PEM file of the authorities whose certificates clients show")
	flags.StringVar(&f.clientAuth, "tls-client-auth", "need", "with --tls-client-ca: need a certificate or want one")
	flags.StringVar(&c.RootACL, "acl", "", "who may do what at the root, as zkCli writes it: scheme:id:perms[,...] (default world:anyone:cdrwa)")
	flags.StringVar(&f.super, "super", "", "a file with the password of the user super, whom no ACL stops")
	flags.StringSliceVar(&c.Words, "4lw", []string{"srvr"}, "the four-letter words to answer, * for all")
	flags.IntVar(&c.Limits.PerAddress, "per-address", 0, "how many connections one address may have (default as many as there are)")
	flags.BoolVar(&c.ExtendedTypes, "ttl", false, "let clients make TTL nodes (3.8's extendedTypesEnabled)")
	flags.StringVar(&f.metrics, "metrics", "", "the address of /metrics for Prometheus; without a host it is on 127.0.0.1")
	return cmd
}

// apply makes fields of c of the flags.
func (f *registryFlags) apply(c *zkserver.Config) error {
	if f.super != "" {
		text, err := os.ReadFile(f.super)
		if err != nil {
			return fmt.Errorf("--super: %w", err)
		}
		if c.SuperPassword = strings.TrimSpace(string(text)); c.SuperPassword == "" {
			return fmt.Errorf("--super: %q holds no password", f.super)
		}
	}
	if f.tlsListen == "" {
		if f.cert != "" || f.key != "" || f.clientCA != "" {
			return errors.New("--tls-cert, --tls-key and --tls-client-ca are for the port of --tls-listen")
		}
		return nil
	}
	cert, err := tls.LoadX509KeyPair(f.cert, f.key)
	if err != nil {
		return fmt.Errorf("--tls-listen needs --tls-cert and --tls-key: %w", err)
	}
	c.TLSListen, c.TLS = f.tlsListen, &tls.Config{Certificates: []tls.Certificate{cert}, MinVersion: tls.VersionTLS12}
	if f.clientCA == "" {
		return nil
	}
	pem, err := os.ReadFile(f.clientCA)
	if err != nil {
		return fmt.Errorf("--tls-client-ca: %w", err)
	}
	c.TLS.ClientCAs = x509.NewCertPool()
	if !c.TLS.ClientCAs.AppendCertsFromPEM(pem) {
		return fmt.Errorf("--tls-client-ca: %q holds no certificate", f.clientCA)
	}
	switch f.clientAuth {
	case "need":
		c.TLS.ClientAuth = tls.RequireAndVerifyClientCert
	case "want":
		c.TLS.ClientAuth = tls.VerifyClientCertIfGiven
	default:
		return fmt.Errorf("--tls-client-auth %q; valid are need and want", f.clientAuth)
	}
	return nil
}

// runRegistry serves until the command is to end.
func runRegistry(cmd *cobra.Command, c zkserver.Config, metrics string) error {
	var m net.Listener
	if metrics != "" {
		if strings.HasPrefix(metrics, ":") {
			metrics = "127.0.0.1" + metrics
		}
		var err error
		if m, err = net.Listen("tcp", metrics); err != nil {
			return fmt.Errorf("--metrics: %w", err)
		}
		defer m.Close()
	}
	s, err := zkserver.New(c)
	if err != nil {
		return flagOf(err, &c)
	}
	out := cmd.OutOrStdout()
	where := "in memory, nothing is kept over a restart"
	if c.Dir != "" {
		where = "data in " + c.Dir
	}
	fmt.Fprintf(out, "registry on zookeeper://%s (%s); Ctrl-C ends it\n", s.Addr(), where)
	if s.TLSAddr() != nil {
		fmt.Fprintf(out, "TLS on %s\n", s.TLSAddr())
	}
	if tcp, ok := s.Addr().(*net.TCPAddr); ok && !tcp.IP.IsLoopback() && c.RootACL == "" {
		fmt.Fprintf(cmd.ErrOrStderr(), "whoever reaches %s may change every node; --acl says who may\n", s.Addr())
	}
	var tasks task.Group
	if m != nil {
		fmt.Fprintf(out, "metrics on http://%s/metrics\n", m.Addr())
		serveMetrics(&tasks, m, s)
	}
	select {
	case <-cmd.Context().Done():
	case <-s.Done(): // it could not go on, and Close says why
	}
	tasks.Stop()
	tasks.Wait()
	return s.Close()
}

// flagOf names the flag whose value is at fault.
func flagOf(err error, c *zkserver.Config) error {
	op := (*net.OpError)(nil)
	switch {
	case errors.As(err, &op) && op.Op == "listen" && strings.Contains(err.Error(), fmt.Sprintf("%q", c.Listen)):
		return fmt.Errorf("--listen: %w", err)
	case errors.As(err, &op) && op.Op == "listen":
		return fmt.Errorf("--tls-listen: %w", err)
	case errors.Is(err, zkserver.ErrRootACL):
		return fmt.Errorf("--acl: %w", err)
	case errors.Is(err, zkserver.ErrWord):
		return fmt.Errorf("--4lw: %w", err)
	}
	return err
}

// serveMetrics answers at /metrics until tasks stops.
func serveMetrics(tasks *task.Group, ln net.Listener, s *zkserver.Server) {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /metrics", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
		_ = s.WriteMetrics(w) // who asked has gone
	})
	server := &http.Server{Handler: mux, ReadHeaderTimeout: 5 * time.Second, IdleTimeout: time.Minute}
	tasks.Go(func(context.Context) { _ = server.Serve(ln) })
	tasks.Go(func(ctx context.Context) {
		<-ctx.Done()
		_ = server.Close()
	})
}

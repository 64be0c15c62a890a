package main

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/spf13/cobra"

	"github.com/gubbo/gubbo/cmd/gubbo/zk"
)

func zkCommand() *cobra.Command {
	var c zk.Config
	var t tlsFlags
	cmd := &cobra.Command{
		Use:   "zk [flags] [COMMAND [ARGS]]",
		Short: "Speak to any ZooKeeper with zkCli's commands, with one or interactively",
		Long: "Speak to any ZooKeeper with the commands of its own zkCli, and with its output:\n" +
			"one command, or those that come in, line by line. On a terminal the Tab key\n" +
			"completes commands, their options and paths. The commands:\n\n" + zk.Commands(),

		DisableFlagsInUseLine: true,
		RunE: func(cmd *cobra.Command, args []string) (err error) {
			if c.Timeout <= 0 {
				return fmt.Errorf("--timeout %v must be positive", c.Timeout)
			}
			if c.TLS, err = t.config(); err != nil {
				return err
			}
			c.In, c.Out, c.Err = cmd.InOrStdin(), cmd.OutOrStdout(), cmd.ErrOrStderr()
			code, err := zk.Run(cmd.Context(), c, args)
			if err == nil && code != 0 {
				err = exitError(code)
			}
			return err
		},
	}
	flags := cmd.Flags()
	flags.SetInterspersed(false) // what follows the command is the command's
	flags.StringVar(&c.Server, "server", "127.0.0.1:2181", "host:port[,host:port][/root]; below a root every path is meant below it")
	flags.DurationVar(&c.Timeout, "timeout", 30*time.Second, "the session's timeout")
	flags.StringArrayVar(&c.Auth, "auth", nil, "an identity to prove, e.g. digest:user:password; other users of this machine see it")
	flags.BoolVarP(&c.Quiet, "quiet", "q", false, "say nothing about the connection itself")
	t.add(cmd)
	return cmd
}

// exitError ends gubbo with a code and without a word.
type exitError int

func (c exitError) Error() string { return fmt.Sprint("exit code ", int(c)) }

// tlsFlags are those of a client.
type tlsFlags struct {
	on            bool
	ca, cert, key string
}

func (t *tlsFlags) add(cmd *cobra.Command) {
	cmd.Flags().BoolVar(&t.on, "tls", false, "connect by TLS; the next three need it")
	cmd.Flags().StringVar(&t.ca, "tls-ca", "", "a PEM file of the authorities that the server is checked by (default those of this machine)")
	cmd.Flags().StringVar(&t.cert, "tls-cert", "", "a PEM file with the client's certificate")
	cmd.Flags().StringVar(&t.key, "tls-key", "", "a PEM file with its key")
}

// config is nil without --tls.
func (t *tlsFlags) config() (*tls.Config, error) {
	switch {
	case !t.on && t.ca+t.cert+t.key != "":
		return nil, errors.New("--tls-ca, --tls-cert and --tls-key need --tls")
	case !t.on:
		return nil, nil
	case (t.cert == "") != (t.key == ""):
		return nil, errors.New("--tls-cert and --tls-key need each other")
	}
	c := &tls.Config{MinVersion: tls.VersionTLS12}
	if t.ca != "" {
		pem, err := os.ReadFile(t.ca)
		if err != nil {
			return nil, fmt.Errorf("--tls-ca: %w", err)
		}
		c.RootCAs = x509.NewCertPool()
		if !c.RootCAs.AppendCertsFromPEM(pem) {
			return nil, fmt.Errorf("--tls-ca: %q has no certificate in PEM", t.ca)
		}
	}
	if t.cert != "" {
		pair, err := tls.LoadX509KeyPair(t.cert, t.key)
		if err != nil {
			return nil, fmt.Errorf("--tls-cert: %w", err)
		}
		c.Certificates = []tls.Certificate{pair}
	}
	return c, nil
}

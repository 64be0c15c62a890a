package main

import (
	"context"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/gubbo/gubbo/cmd/gubbo/demo"
)

func demoCommand() *cobra.Command {
	c := demo.Config{OpenRegistry: openRegistry}
	cmd := &cobra.Command{
		Use:   "demo",
		Short: "Run a whole lab: registry, monitor, two providers, two consumers under load",
		Long: `Run a whole lab in one command: a registry (embedded unless --registry names one),
a monitor with its dashboard, two providers and two consumers as processes of
their own under steady load. Ctrl-C, or --duration, ends it; it then compares
what the monitor stored with counters kept around the calls and inside the
handlers, and exits 1 if they differ.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if c.Duration < 0 {
				return fmt.Errorf("--duration %v is negative; without it the demo runs until Ctrl-C", c.Duration)
			}
			c.Out = cmd.OutOrStdout()
			return demo.Run(cmd.Context(), c)
		},
	}
	cmd.Flags().StringVar(&c.Registry, "registry", "", "use this registry, e.g. zookeeper://a:2181,b:2181 (default: an embedded one)")
	cmd.Flags().StringVar(&c.HTTP, "http", "127.0.0.1:8640", "where the dashboard listens")
	cmd.Flags().DurationVar(&c.Duration, "duration", 0, "end after this time (default: run until Ctrl-C)")
	cmd.Flags().BoolVar(&c.Chaos, "chaos", false, "kill a provider with SIGKILL every 10 s and start it again")
	cmd.AddCommand(childCommand("provider", demo.RunProvider), childCommand("consumer", demo.RunConsumer))
	return cmd
}

// childCommand is how the lab runs this program for its parts.
func childCommand(use string, body func(context.Context, demo.Child) error) *cobra.Command {
	var c demo.Child
	var address string
	cmd := &cobra.Command{
		Use:    use,
		Short:  "A part of the lab",
		Hidden: true,
		Args:   cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			reg, err := openRegistry(address)
			if err != nil {
				return err
			}
			c.Registry, c.Out = reg, cmd.OutOrStdout()
			// A Ctrl-C reaches the whole process group, but the parts leave in
			// the lab's order: only the end of their input, which also comes
			// if the lab dies, tells them to.
			ctx, cancel := context.WithCancel(context.WithoutCancel(cmd.Context()))
			defer cancel()
			go func() { // ends with the process, which ends with its input
				_, _ = io.Copy(io.Discard, cmd.InOrStdin())
				cancel()
			}()
			return body(ctx, c)
		},
	}
	cmd.Flags().StringVar(&c.Name, "name", "", "the part's name")
	cmd.Flags().StringVar(&c.Ledger, "ledger", "", "the file for executions")
	cmd.Flags().StringVar(&address, "registry", defaultRegistry, "the lab's registry")
	return cmd
}

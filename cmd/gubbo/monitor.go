package main

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/gubbo/gubbo/internal/task"
	"github.com/gubbo/gubbo/monitor/node"
)

func monitorCommand() *cobra.Command {
	var c node.Config
	var address string
	cmd := &cobra.Command{
		Use:   "monitor",
		Short: "Run a monitor: take statistics in, keep them, show them on a dashboard",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			reg, err := openRegistry(address)
			if err != nil {
				return err
			}
			defer reg.Close()
			c.Registry = reg
			n, err := node.New(c)
			if err != nil {
				return err
			}
			var tasks task.Group
			ended := make(chan struct{})
			tasks.Go(func(ctx context.Context) {
				select {
				case <-n.Ready():
					fmt.Fprintf(cmd.OutOrStdout(), "dashboard %s\nreports   %s, and through the registry\nCtrl-C ends it\n", n.URL(), n.ReportURL())
				case <-ended:
				}
			})
			err = n.Run(cmd.Context())
			close(ended)
			tasks.Wait()
			return err
		},
	}
	registryFlag(cmd, &address)
	cmd.Flags().StringVar(&c.HTTP, "http", node.DefaultHTTP, "where dashboard and API listen")
	cmd.Flags().StringVar(&c.Listen, "listen", "127.0.0.1:0", "where reports are taken")
	cmd.Flags().StringVar(&c.Advertise, "advertise", "", "the address under which reporters reach --listen, where it is another")
	cmd.Flags().StringVar(&c.Dir, "data", "gubbo-monitor", "the directory of the statistics")
	cmd.Flags().DurationVar(&c.Retention, "retention", 0, "how long minutes are kept (default 72h)")
	return cmd
}

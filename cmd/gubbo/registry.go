package main

import (
	"errors"
	"fmt"
	"net"

	"github.com/spf13/cobra"

	"github.com/gubbo/gubbo/registry/zkserver"
)

func registryCommand() *cobra.Command {
	var c zkserver.Config
	cmd := &cobra.Command{
		Use:   "registry",
		Short: "Run the embedded registry, which speaks ZooKeeper's protocol",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			s, err := zkserver.New(c)
			if op := (*net.OpError)(nil); errors.As(err, &op) && op.Op == "listen" {
				return fmt.Errorf("--listen: %w", err)
			}
			if err != nil {
				return err
			}
			where := "in memory, nothing is kept over a restart"
			if c.Dir != "" {
				where = "data in " + c.Dir
			}
			fmt.Fprintf(cmd.OutOrStdout(), "registry on zookeeper://%s (%s); Ctrl-C ends it\n", s.Addr(), where)
			select {
			case <-cmd.Context().Done():
			case <-s.Done(): // it could not go on, and Close says why
			}
			return s.Close()
		},
	}
	cmd.Flags().StringVar(&c.Listen, "listen", "127.0.0.1:2181", "the address to listen on")
	cmd.Flags().StringVar(&c.Dir, "data", "", "keep nodes and sessions in this directory")
	return cmd
}

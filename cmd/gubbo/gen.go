package main

import (
	"github.com/spf13/cobra"

	"github.com/gubbo/gubbo/internal/gen"
)

func genCommand() *cobra.Command {
	var o gen.Options
	cmd := &cobra.Command{
		Use:   "gen [DIR ...]",
		Short: "Write client, registrar and codec of annotated Go interfaces; DIR/... means all below",
		RunE: func(cmd *cobra.Command, args []string) error {
			o.Dirs, o.Out = args, cmd.OutOrStdout()
			return gen.Run(o)
		},
	}
	cmd.Flags().BoolVar(&o.Check, "check", false, "write nothing; exit 1 if a file is stale")
	return cmd
}

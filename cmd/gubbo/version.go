package main

import (
	"fmt"
	"runtime"

	"github.com/spf13/cobra"

	"github.com/gubbo/gubbo/internal/release"
)

func versionCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "Print the version",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			fmt.Fprintf(cmd.OutOrStdout(), "%s %s %s/%s\n", release.Name, runtime.Version(), runtime.GOOS, runtime.GOARCH)
			return nil
		},
	}
}

package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/gubbo/gubbo/api"
	"github.com/gubbo/gubbo/registry"
	"github.com/gubbo/gubbo/registry/zookeeper"
)

// defaultRegistry is where commands look for a registry if not told: the
// address on which `gubbo registry` listens by default.
const defaultRegistry = "zookeeper://127.0.0.1:2181"

// commands are gubbo's commands, in the order of its help.
func commands() []*cobra.Command {
	return []*cobra.Command{
		demoCommand(),
		registryCommand(),
		monitorCommand(),
		lsCommand(),
		callCommand(),
		zkCommand(),
		genCommand(),
		checkCommand(),
		versionCommand(),
	}
}

func registryFlag(cmd *cobra.Command, address *string) {
	cmd.Flags().StringVar(address, "registry", defaultRegistry, "the registry, e.g. zookeeper://a:2181,b:2181?group=dubbo")
}

// openRegistry is the one place that picks a registry by the scheme of a URL.
func openRegistry(text string) (registry.Registry, error) {
	u, err := api.ParseURL(text)
	if err != nil {
		return nil, fmt.Errorf("--registry: %w", err)
	}
	switch u.Protocol() {
	case "zookeeper":
		reg, err := zookeeper.New(text)
		if err != nil {
			return nil, fmt.Errorf("--registry: %w", err)
		}
		return reg, nil
	}
	return nil, fmt.Errorf("--registry %q has the unknown scheme %q; valid is zookeeper://", u.Redacted(), u.Protocol())
}

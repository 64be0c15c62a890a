package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/gubbo/gubbo/api"
	"github.com/gubbo/gubbo/registry"
)

// entry is one line of `gubbo ls`.
type entry struct {
	Service     string `json:"service"`
	Side        string `json:"side"`
	Protocol    string `json:"protocol"`
	Address     string `json:"address"`
	Application string `json:"application"`
	Release     string `json:"release"`
	Weight      int    `json:"weight,omitempty"`
	Pid         string `json:"pid,omitempty"`
	URL         string `json:"url"`
}

func lsCommand() *cobra.Command {
	var address string
	var asJSON bool
	var wait time.Duration
	cmd := &cobra.Command{
		Use:   "ls [TEXT]",
		Short: "List services with their providers and consumers; TEXT keeps those whose name holds it",
		Args:  cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if wait <= 0 {
				return fmt.Errorf("--wait %v must be positive", wait)
			}
			reg, err := openRegistry(address)
			if err != nil {
				return err
			}
			defer reg.Close()
			ctx, cancel := context.WithTimeout(cmd.Context(), wait)
			defer cancel()
			snapshot, err := look(ctx, reg, registry.Query{
				Service:    api.Service{Interface: "*", Group: "*", Version: "*"},
				Categories: []registry.Category{registry.Providers, registry.Consumers},
			})
			if err != nil {
				return fmt.Errorf("--registry: %w", err)
			}
			text := ""
			if len(args) == 1 {
				text = args[0]
			}
			return printEntries(cmd.OutOrStdout(), entries(snapshot, text), snapshot.Unreadable, asJSON)
		},
	}
	registryFlag(cmd, &address)
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON, one object a line, with whole URLs")
	cmd.Flags().DurationVar(&wait, "wait", 10*time.Second, "how long to wait for the registry")
	return cmd
}

// look asks reg once.
func look(ctx context.Context, reg registry.Registry, q registry.Query) (registry.Snapshot, error) {
	first := make(chan registry.Snapshot, 1)
	sub, err := reg.Subscribe(q, func(s registry.Snapshot) {
		select {
		case first <- s:
		default:
		}
	})
	if err != nil {
		return registry.Snapshot{}, err
	}
	defer sub.Close()
	if err := sub.Wait(ctx); err != nil {
		return registry.Snapshot{}, err
	}
	return <-first, nil
}

func entries(s registry.Snapshot, text string) []entry {
	var all []entry
	add := func(side string, urls []api.URL) {
		for _, u := range urls {
			e := entry{
				Service: u.Service().Key(), Side: side, Protocol: u.Protocol(), Address: u.Address(),
				Application: u.Param("application"), Release: u.Param("release"), Pid: u.Param("pid"), URL: u.Redacted(),
			}
			if side == "provider" {
				e.Weight = u.Int("weight", 100)
			}
			if strings.Contains(e.Service, text) {
				all = append(all, e)
			}
		}
	}
	add("provider", s.Providers)
	add("consumer", s.Consumers)
	slices.SortStableFunc(all, func(a, b entry) int { return strings.Compare(a.Service, b.Service) })
	return all
}

func printEntries(w io.Writer, all []entry, unreadable []string, asJSON bool) error {
	if asJSON {
		enc := json.NewEncoder(w)
		enc.SetEscapeHTML(false)
		for _, e := range all {
			if err := enc.Encode(e); err != nil {
				return err
			}
		}
		return nil
	}
	t := tabwriter.NewWriter(w, 0, 8, 2, ' ', 0)
	last := ""
	for _, e := range all {
		if e.Service != last {
			fmt.Fprintf(t, "%s\n", printable(e.Service))
			last = e.Service
		}
		more := fmt.Sprint("weight ", e.Weight)
		if e.Side == "consumer" { // which of those on one host
			more = "pid " + orDash(e.Pid)
		}
		fmt.Fprintf(t, "  %s\t%s://%s\t%s\t%s\t%s\n", e.Side, printable(e.Protocol), printable(e.Address), printable(orDash(e.Application)), printable(more), printable(orDash(e.Release)))
	}
	for _, name := range unreadable {
		fmt.Fprintf(t, "unreadable node %q\n", name)
	}
	if len(all) == 0 && len(unreadable) == 0 {
		fmt.Fprintln(t, "no service found")
	}
	return t.Flush()
}

func orDash(s string) string {
	if s == "" {
		return "-"
	}
	return s
}

// printable keeps what anybody may write into a registry from steering the
// terminal.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f || 0x80 <= r && r < 0xa0 {
			return '�'
		}
		return r
	}, s)
}

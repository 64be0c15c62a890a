package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/gubbo/gubbo/internal/gen"
	"github.com/gubbo/gubbo/internal/gen/drift"
	"github.com/gubbo/gubbo/internal/javaapi"
)

func checkCommand() *cobra.Command {
	var more, skip []string
	cmd := &cobra.Command{
		Use:   "check API.jar [DIR ...]",
		Short: "Exit 1 where Go contracts and a Java jar have drifted apart",
		Long: `Compare the annotated Go interfaces, structs, enums and exceptions in each DIR
(default ".") with the Java classes of a jar: methods, parameters, results,
declared exceptions, fields, constants, superclasses, the classes that an
interface stands for, and class names. One line per difference, with the place in
the Go source and the Java member; exit 1 if there is one.

DIR/... means all packages below it that share a class with the jar.`,
		Example: `  gubbo check user-api.jar ./user
  gubbo check user-api.jar --from common.jar ./...`,
		Args: cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return check(cmd, append(args[:1:1], more...), args[1:], skip)
		},
	}
	cmd.Flags().StringArrayVar(&more, "from", nil, "another jar, with classes that the first one needs; may be repeated")
	cmd.Flags().StringArrayVar(&skip, "skip", nil, "a Java class, method or field not to compare, e.g. com.acme.UserService.watch; may be repeated")
	return cmd
}

func check(cmd *cobra.Command, jars, dirs, skip []string) error {
	lib, err := javaapi.Open(jars...)
	if err != nil {
		return err
	}
	if len(dirs) == 0 {
		dirs = []string{"."}
	}
	skips := make(map[string]bool)
	for _, s := range skip {
		skips[s] = true
	}
	var sum drift.Report
	for _, arg := range dirs {
		expanded, err := gen.Expand([]string{arg})
		if err != nil {
			return err
		}
		for _, dir := range expanded {
			r, err := drift.Compare(lib, dir, func(member string) bool { return skips[member] })
			if err != nil {
				return err
			}
			if strings.HasSuffix(arg, "...") && r.Services+r.Classes == 0 {
				continue // of another jar
			}
			sum.Add(r)
		}
	}
	for _, d := range sum.Differences {
		fmt.Fprintln(cmd.OutOrStdout(), d)
	}
	switch n := len(sum.Differences); {
	case n > 0:
		return fmt.Errorf("check: %s with %s", plural(n, "difference"), jars[0])
	case sum.Services+sum.Classes == 0:
		return fmt.Errorf("check: %s has no class in common with %s", strings.Join(dirs, " "), jars[0])
	}
	fmt.Fprintf(cmd.OutOrStdout(), "%s, %s, %s and %s agree with %s\n", plural(sum.Services, "service"), plural(sum.Methods, "method"),
		plural(sum.Classes, "class"), plural(sum.Members, "field or constant"), jars[0])
	return nil
}

// plural returns a count with its noun.
func plural(n int, noun string) string {
	if n != 1 {
		switch noun {
		case "class":
			noun = "classes"
		case "field or constant":
			noun = "fields and constants"
		default:
			noun += "s"
		}
	}
	return fmt.Sprintf("%d %s", n, noun)
}

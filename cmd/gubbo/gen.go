package main

import (
	"errors"

	"github.com/spf13/cobra"

	"github.com/gubbo/gubbo/internal/gen"
	"github.com/gubbo/gubbo/internal/gen/fromjar"
)

func genCommand() *cobra.Command {
	var o gen.Options
	var from fromjar.WriteOptions
	cmd := &cobra.Command{
		Use:   "gen [DIR ...]",
		Short: "Write client, registrar and codec of annotated Go interfaces, or the interfaces of a Java jar",
		Long: `Write client, registrar and codec of the annotated Go interfaces in each DIR;
DIR/... means all packages below it that have one.

With --from, write the Go interfaces, structs, enums and exceptions of a Java
jar first, into DIR/PACKAGE.go of --out. The file is yours from then on: name
parameters, mark methods as idempotent. "gubbo check" tells when Java has moved
away from it. What cannot be mapped is an error that names the Java member, and
nothing is written.`,
		Example: `  gubbo gen ./...
  gubbo gen --check ./...
  gubbo gen --from user-api.jar --out user
  gubbo gen --from user-api.jar --from common.jar --service com.acme.UserService --out user`,
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(from.Jars) == 0 {
				for _, flag := range []string{"service", "skip", "package", "out", "force"} {
					if cmd.Flags().Changed(flag) {
						return errors.New("gen: --" + flag + " goes with --from; give the jar with --from api.jar")
					}
				}
				o.Dirs, o.Out = args, cmd.OutOrStdout()
				return gen.Run(o)
			}
			if len(args) > 0 {
				return errors.New("gen: --from takes no DIR; say where to write with --out " + args[0])
			}
			if o.Check {
				return errors.New("gen: --check does not go with --from; compare with the jar by gubbo check " + from.Jars[0])
			}
			from.Out = cmd.OutOrStdout()
			return fromjar.Write(from)
		},
	}
	f := cmd.Flags()
	f.BoolVar(&o.Check, "check", false, "write nothing; exit 1 if a file is stale")
	f.StringArrayVar(&from.Jars, "from", nil, "a Java jar with the services; given again, a jar with classes that they need")
	f.StringArrayVar(&from.Services, "service", nil, "a Java interface, may be repeated; default all of the first jar that look like a service")
	f.StringArrayVar(&from.Skip, "skip", nil, "a Java method or field to leave out, e.g. com.acme.UserService.watch; may be repeated")
	f.StringVar(&from.Package, "package", "", "the name of the Go package; default like the directory of --out")
	f.StringVar(&from.Dir, "out", ".", "where to write")
	f.BoolVar(&from.Force, "force", false, "replace a Go file that is there and differs")
	return cmd
}

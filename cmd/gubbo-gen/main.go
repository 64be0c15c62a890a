// Command gubbo-gen writes the client, the registrar and the Hessian code of
// annotated Go interfaces. Put
//
//	//go:generate go tool gubbo-gen .
//
// beside the interface and run "go get -tool github.com/gubbo/gubbo/cmd/gubbo-gen"
// once.
package main

import (
	"flag"
	"fmt"
	"os"

	"github.com/gubbo/gubbo/internal/gen"
)

func main() {
	check := flag.Bool("check", false, "write nothing; exit 1 if a file is stale")
	flag.Usage = func() {
		fmt.Fprintln(os.Stderr, "usage: gubbo-gen [-check] [dir ...]\n\nA dir may end in /... for all packages with directives below it; the default is \".\".")
		flag.PrintDefaults()
	}
	flag.Parse()
	if err := gen.Run(gen.Options{Dirs: flag.Args(), Check: *check, Out: os.Stdout}); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

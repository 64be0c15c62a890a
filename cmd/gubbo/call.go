package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/gubbo/gubbo/api"
	"github.com/gubbo/gubbo/consumer"
	"github.com/gubbo/gubbo/internal/release"
	"github.com/gubbo/gubbo/protocol/hessian"
	"github.com/gubbo/gubbo/registry"
)

const callHelp = `Call a method of a live service and print its result as JSON.

SERVICE is the interface, or the key that "gubbo ls" prints: [group/]interface[:version].
JSON-ARRAY holds the arguments; none is [].

Types. Without --types, the registry may hold a definition of the service, as gubbo's providers
and Java's metadata report write it: if it has just one method of that name with as many parameters as there are
arguments, its types are taken. Else:
  - Where the registry says that all providers answer "$invoke", the call goes by way of it: the
    provider finds the method by its name and converts the arguments. Java's providers do, and
    gubbo's that have the option Generic. An overloaded method needs --types or the definition.
  - Other providers, and those named by --direct, get a call of the types that the JSON looks
    like: string java.lang.String, whole number long, other number double, true and false
    boolean, array java.util.List, object with "class" that class, other object java.util.Map.
    If the method takes others, gubbo's provider answers which; say them with --types.
With --types, whole and other numbers fit any number, a string fits an enum, a java.util.Date
(RFC 3339) and a byte[] (base64), and an object is one of the class named. An object inside
another one needs "class", and an enum there is {"class": "com.example.Level", "name": "LOW"},
unless the call goes by way of "$invoke".

The result. An object has its class under "class"; dates are RFC 3339, byte arrays base64, NaN and
the infinities strings. What was printed before is {"$ref": "$.path"}. A map whose keys are not
scalar is an array of {"key", "value"}. A failed call prints its code and why, and exits 1.`

// callOptions are the flags of `gubbo call`.
type callOptions struct {
	registry, direct, group, version string
	types, attach                    []string
	timeout                          time.Duration
	generic, genericSet, verbose     bool
}

func callCommand() *cobra.Command {
	var o callOptions
	cmd := &cobra.Command{
		Use:     "call SERVICE METHOD [JSON-ARRAY]",
		Short:   "Call a method of a live service with JSON arguments",
		Long:    callHelp,
		Example: `  gubbo call lab.greet.Greeter sayHello '["you"]'`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) < 2 || len(args) > 3 {
				return fmt.Errorf("call takes SERVICE METHOD [JSON-ARRAY], not %d arguments %q; quote the JSON", len(args), args)
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			o.genericSet = cmd.Flags().Changed("generic")
			service := api.ParseService(args[0])
			if cmd.Flags().Changed("group") {
				service.Group = o.group
			}
			if cmd.Flags().Changed("version") {
				service.Version = o.version
			}
			text := "[]"
			if len(args) == 3 {
				text = args[2]
			}
			return call(cmd, service, args[1], text, o)
		},
	}
	registryFlag(cmd, &o.registry)
	f := cmd.Flags()
	f.StringVar(&o.direct, "direct", "", "call the provider at this URL, dubbo://host:port, and ask no registry")
	f.StringVar(&o.group, "group", "", `the service's group; "*" is any`)
	f.StringVar(&o.version, "version", "", `the service's version; "*" is any`)
	f.StringSliceVar(&o.types, "types", nil, "the Java types of the parameters, e.g. java.lang.String,long")
	f.DurationVar(&o.timeout, "timeout", 5*time.Second, "how long the call may take, and asking for its types before")
	f.StringArrayVar(&o.attach, "attach", nil, "send the attachment key=value; may be given again")
	f.BoolVar(&o.generic, "generic", false, `call by way of "$invoke", or with --generic=false never`)
	f.BoolVarP(&o.verbose, "verbose", "v", false, "tell peer, time, the reply's attachments and Java's stack on standard error")
	return cmd
}

// call makes the call and prints what came of it.
func call(cmd *cobra.Command, service api.Service, method, text string, o callOptions) error {
	values, err := parseArguments(text)
	if err != nil {
		return err
	}
	if o.timeout <= 0 {
		return fmt.Errorf("--timeout %v must be positive", o.timeout)
	}
	if o.types != nil && len(o.types) != len(values) {
		return fmt.Errorf("--types names %d types, but there are %d arguments", len(o.types), len(values))
	}
	var info consumer.CallInfo
	opts := []consumer.Option{consumer.Timeout(o.timeout), consumer.Capture(&info)}
	for _, a := range o.attach {
		key, value, ok := strings.Cut(a, "=")
		if !ok {
			return fmt.Errorf("--attach %q is not key=value", a)
		}
		opts = append(opts, consumer.Attach(key, value))
	}
	config := consumer.Config{Application: "gubbo-call", Retries: -1, Logger: slog.New(slog.DiscardHandler)}
	if o.direct != "" {
		opts = append(opts, consumer.Direct(o.direct))
	} else {
		reg, err := openRegistry(o.registry)
		if err != nil {
			return err
		}
		defer func() { _ = reg.Close() }()
		config.Registry = reg
	}
	client, err := consumer.New(config)
	if err != nil {
		return err
	}
	defer func() { _ = client.Close() }()
	generic, err := client.Generic(service, opts...)
	if err != nil {
		return failed(fmt.Errorf("%w%s", err, elsewhere(cmd.Context(), config.Registry, service, err)), o.verbose)
	}
	known := generic.Reference().Explain("")
	if err := listed(known, method); err != nil {
		return err
	}
	byInvoke := o.generic
	if !o.genericSet {
		byInvoke = o.direct == "" && invocable(known)
	}
	types, origin := o.types, ""
	if types == nil {
		asking, enough := context.WithTimeout(cmd.Context(), o.timeout)
		overloads, err := published(asking, config.Registry, known, method)
		enough()
		if err != nil && o.verbose {
			fmt.Fprintf(cmd.ErrOrStderr(), "no published types: %s\n", printable(err.Error()))
		}
		// By way of $invoke the name alone finds a method that is not
		// overloaded, and cannot be out of date.
		if !byInvoke || len(overloads) > 1 {
			types = overloads.taking(len(values))
		}
		if len(types) > 0 {
			origin = "are those of the published definition"
		}
	}
	result, err := invoke(cmd.Context(), generic, method, types, origin, values, byInvoke)
	if o.verbose && info.Peer != "" {
		printCallInfo(cmd, &info)
	}
	if err != nil {
		return failed(err, o.verbose)
	}
	return printValue(cmd.OutOrStdout(), result)
}

// invoke calls method with the types given, or, if there are none, those that
// the values look like. origin says where types that nobody named came from.
func invoke(ctx context.Context, g *consumer.Generic, method string, types []string, origin string, values []any, byInvoke bool) (any, error) {
	args, err := arguments(types, values, byInvoke)
	if err == nil && types == nil && !byInvoke {
		types, err = guess(values)
		origin = "were guessed from the JSON"
	}
	if err != nil {
		return nil, err
	}
	var result any
	if byInvoke {
		result, err = g.InvokeGeneric(ctx, method, types, args)
	} else {
		result, err = g.Invoke(ctx, method, types, args)
	}
	switch api.CodeOf(err) {
	case api.NotFound, api.Codec, api.Internal:
		if origin != "" && len(types) > 0 {
			err = fmt.Errorf("%w; the types %s %s: name the right ones with --types", err, strings.Join(types, ","), origin)
		}
	}
	return result, err
}

// failed puts the code before an error of a call, keeps what a peer wrote from
// steering the terminal, and leaves out Java's stack unless it is asked for.
func failed(err error, stack bool) error {
	text := err.Error()
	if e, ok := errors.AsType[*api.Error](err); ok {
		text = e.Code.String() + ": " + text
	}
	if x, ok := errors.AsType[*hessian.Exception](err); ok && x.Cause != nil && stack {
		text += "\ncaused by " + x.Cause.Error()
	}
	var lines []string
	for line := range strings.SplitSeq(text, "\n") {
		frame, indented := strings.CutPrefix(line, "\t")
		if indented && !stack && (strings.HasPrefix(frame, "at ") || strings.HasPrefix(frame, "... ")) {
			continue
		}
		lines = append(lines, printable(strings.ReplaceAll(line, "\t", "    ")))
	}
	return errors.New(strings.Join(lines, "\n"))
}

// invocable reports whether the providers that would be called are known, and
// each answers "$invoke": Java's do, and gubbo's if their URL says so.
func invocable(known consumer.Explanation) bool {
	picked := 0
	for _, p := range known.Providers {
		u, err := api.ParseURL(p.URL)
		if !p.Picked || err != nil {
			continue
		}
		if strings.HasPrefix(u.Param("release"), "gubbo") && !u.Bool(release.ParamGeneric, false) {
			return false
		}
		picked++
	}
	return picked > 0
}

// listed fails if the providers tell their methods and none has this one.
func listed(known consumer.Explanation, method string) error {
	if strings.HasPrefix(method, "$") { // "$echo"
		return nil
	}
	var have []string
	for _, p := range known.Providers {
		u, err := api.ParseURL(p.URL)
		if !p.Eligible || err != nil {
			continue
		}
		methods := u.Param("methods")
		if methods == "" || methods == "*" {
			return nil
		}
		have = append(have, strings.Split(methods, ",")...)
	}
	if len(have) == 0 || slices.Contains(have, method) {
		return nil
	}
	slices.Sort(have)
	return fmt.Errorf("service %q has no method %q; it has %s", known.Service.Key(), method, printable(strings.Join(slices.Compact(have), ", ")))
}

// elsewhere says, when nobody provides the service, under which groups and
// versions it is provided.
func elsewhere(ctx context.Context, reg registry.Registry, service api.Service, err error) string {
	if reg == nil || !errors.Is(err, api.ErrNoProvider) {
		return ""
	}
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	s, err := look(ctx, reg, registry.Query{
		Service:    api.Service{Interface: service.Interface, Group: "*", Version: "*"},
		Categories: []registry.Category{registry.Providers},
	})
	if err != nil {
		return ""
	}
	var keys []string
	for _, u := range s.Providers {
		if key := u.Service().Key(); u.Protocol() != "empty" && u.Service() != service {
			keys = append(keys, key)
		}
	}
	if len(keys) == 0 {
		return ""
	}
	slices.Sort(keys)
	return "; there is " + strings.Join(slices.Compact(keys), ", ")
}

func printCallInfo(cmd *cobra.Command, info *consumer.CallInfo) {
	w := cmd.ErrOrStderr()
	for i, a := range info.Attempts {
		if i < len(info.Attempts)-1 {
			fmt.Fprintf(w, "try %d  %s  %s after %v\n", i+1, a.Peer, a.Code, a.Elapsed.Round(time.Microsecond))
		}
	}
	fmt.Fprintf(w, "peer  %s\nelapsed  %v\n", info.Peer, info.Elapsed.Round(time.Microsecond))
	for _, a := range info.ReplyAttachments {
		fmt.Fprintf(w, "attachment  %s=%s\n", printable(a.Key), printable(a.Value))
	}
}

package interop

import (
	"context"
	"fmt"

	"github.com/gubbo/gubbo/consumer"
	"github.com/gubbo/gubbo/provider"
)

// suites are all that a provider of either language offers in one process.
var suites = []suite{greets, typed(), callbacks()}

// suite is a few services and the calls that a consumer makes of them. Its
// twin is a lab.peer.Suite of the same name.
type suite struct {
	name string
	// provide registers the services under group.
	provide func(srv *provider.Server, group string) (notified, error)
	// consume makes all calls and tells each by report.
	consume func(ctx context.Context, cli *consumer.Client, report report, opts ...consumer.Option)
	// byGo and byJava are the names of the calls that each consumer makes.
	byGo, byJava []string
}

// notified waits until the provider has run the oneway call with this text.
type notified func(ctx context.Context, text string) error

// report takes the result of a call, "ok" or "FAIL".
type report func(name, result, detail string)

// call is a row of the table; C is the client that makes it.
type call[C any] struct {
	name string
	// run returns what came back in short, or why it is not what was due. nil
	// is a call that only the Java consumer makes.
	run func(ctx context.Context, c C) (string, error)
	// notJava is a call that only the Go consumer makes.
	notJava bool
}

// suiteOf returns the suite whose calls are made by the client that connect
// returns.
func suiteOf[C any](name string, provide func(*provider.Server, string) (notified, error),
	connect func(*consumer.Client, ...consumer.Option) (C, error), calls []call[C]) suite {
	s := suite{name: name, provide: provide}
	for _, c := range calls {
		if c.run != nil {
			s.byGo = append(s.byGo, name+"/"+c.name)
		}
		if !c.notJava {
			s.byJava = append(s.byJava, name+"/"+c.name)
		}
	}
	s.consume = func(ctx context.Context, cli *consumer.Client, report report, opts ...consumer.Option) {
		client, err := connect(cli, opts...)
		if err != nil {
			report(name+"/refer", "FAIL", err.Error())
			return
		}
		for _, c := range calls {
			if c.run == nil {
				continue
			}
			result := "ok"
			detail, err := c.run(ctx, client)
			if err != nil {
				result, detail = "FAIL", fmt.Sprint(err)
			}
			report(name+"/"+c.name, result, detail)
		}
	}
	return s
}

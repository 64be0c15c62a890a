package interop

import (
	"context"
	"fmt"

	"github.com/gubbo/gubbo/consumer"
	"github.com/gubbo/gubbo/provider"
)

// suites are all that a provider of either language offers in one process.
var suites = []suite{
	greets,
	typed(),
	featured,
	callbacks(),
	generics,
	gson,
	accesses,
}

// suite is a few services and the calls that a consumer makes of them. Its
// twin is a lab.peer.Suite of the same name.
type suite struct {
	name string
	// provide registers the services under group.
	provide func(srv *provider.Server, group string) (notified, error)
	// consume makes all calls and tells each by report.
	consume func(ctx context.Context, at place, report report)
	// byGo and byJava are the names of the calls that each consumer makes.
	byGo, byJava []string
}

// place is where a Go consumer finds a provider's services.
type place struct {
	cli           *consumer.Client
	group, direct string
	version       string // of the Java that provides
	registry      bool   // tells where it is; else it is at direct
}

// opts find the export in the provider's group, with a suffix.
func (p place) opts(suffix string, more ...consumer.Option) []consumer.Option {
	opts := []consumer.Option{consumer.Group(p.group + suffix)}
	if !p.registry {
		opts = append(opts, consumer.Direct(p.direct))
	}
	return append(opts, more...)
}

// dial finds the export at the provider's address and nowhere else.
func (p place) dial(query string, more ...consumer.Option) []consumer.Option {
	return append([]consumer.Option{consumer.Group(p.group), consumer.Direct(p.direct + query)}, more...)
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
	connect func(place) (C, error), calls []call[C]) suite {
	s := suite{name: name, provide: provide}
	for _, c := range calls {
		if c.run != nil {
			s.byGo = append(s.byGo, name+"/"+c.name)
		}
		if !c.notJava {
			s.byJava = append(s.byJava, name+"/"+c.name)
		}
	}
	s.consume = func(ctx context.Context, at place, report report) {
		client, err := connect(at)
		if err != nil {
			report(name+"/refer", "FAIL", err.Error())
			return
		}
		for _, c := range calls {
			if c.run == nil {
				continue
			}
			if lacking(at.version, name+"/"+c.name) {
				report(name+"/"+c.name, "lacks", "")
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

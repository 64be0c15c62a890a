// Command dubbogo is the peer of the interop tests that calls with dubbo-go, or
// is called: dubbo:// with Hessian 2, everything else as it comes. Its
// arguments and the rows that it prints are those of the Java peer:
//
//	provider PORT GROUP [zookeeper://HOST:PORT ...]    until its standard input ends
//	consumer {LABEL GROUP ADDRESS DIRECT} ...          all calls at each address, dubbo:// or zookeeper://
//
//	PEER   dubbo-go VERSION, GO VERSION          first of all
//	READY  PORT                                  the provider is exported and registered
//	SEEN   notify TEXT                           the provider ran a call that nobody waits for
//	CALL   LABEL greet/NAME ok|FAIL DETAIL             one call of the consumer
package main

import (
	"errors"
	"fmt"
	"os"
	"runtime"
	"runtime/debug"
	"strings"
	"sync"

	_ "dubbo.apache.org/dubbo-go/v3/cluster/cluster/failover"
	_ "dubbo.apache.org/dubbo-go/v3/cluster/loadbalance/random"
	"dubbo.apache.org/dubbo-go/v3/common/constant"
	_ "dubbo.apache.org/dubbo-go/v3/filter/accesslog"
	_ "dubbo.apache.org/dubbo-go/v3/filter/echo"
	_ "dubbo.apache.org/dubbo-go/v3/filter/exec_limit"
	_ "dubbo.apache.org/dubbo-go/v3/filter/generic"
	_ "dubbo.apache.org/dubbo-go/v3/filter/graceful_shutdown"
	_ "dubbo.apache.org/dubbo-go/v3/filter/token"
	_ "dubbo.apache.org/dubbo-go/v3/filter/tps"
	"dubbo.apache.org/dubbo-go/v3/global"
	_ "dubbo.apache.org/dubbo-go/v3/protocol/dubbo"
	_ "dubbo.apache.org/dubbo-go/v3/proxy/proxy_factory"
	"dubbo.apache.org/dubbo-go/v3/registry"
	_ "dubbo.apache.org/dubbo-go/v3/registry/directory"
	_ "dubbo.apache.org/dubbo-go/v3/registry/protocol"
	_ "dubbo.apache.org/dubbo-go/v3/registry/zookeeper"
	getty "github.com/apache/dubbo-getty"
	"github.com/dubbogo/gost/log/logger"
	"go.uber.org/zap"

	"github.com/gubbo/gubbo/interop/dubbogo/pojo"
)

const service = "lab.greet.GreetService"

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "dubbogo:", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	version, err := version()
	if err != nil {
		return err
	}
	rows.print("PEER", "dubbo-go "+version+", "+runtime.Version())
	pojo.Register()
	switch {
	case len(args) >= 3 && args[0] == "provider":
		return provide(args[1], args[2], args[3:])
	case len(args) >= 5 && len(args)%4 == 1 && args[0] == "consumer":
		for i := 1; i < len(args); i += 4 {
			consume(args[i], args[i+1], args[i+2])
		}
		return nil
	}
	return fmt.Errorf("arguments %q", args)
}

// version is the one of the dubbo-go that is linked in.
func version() (string, error) {
	info, _ := debug.ReadBuildInfo()
	if info != nil {
		for _, m := range info.Deps {
			if m.Path == "dubbo.apache.org/dubbo-go/v3" && m.Replace == nil {
				return m.Version, nil
			}
		}
	}
	return "", errors.New("the build does not tell the version of dubbo-go")
}

// printer writes rows to standard output, one at a time.
type printer struct{ mu sync.Mutex }

var rows printer

func (p *printer) print(fields ...string) {
	for i, f := range fields {
		fields[i] = strings.Join(strings.FieldsFunc(f, func(r rune) bool { return r == '\t' || r == '\r' || r == '\n' }), " ")
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	fmt.Println(strings.Join(fields, "\t"))
}

func application(name string) *global.ApplicationConfig {
	app := global.DefaultApplicationConfig()
	app.Name = name
	app.MetadataServicePort = "0" // any: a second service on the provider's own port makes it panic
	return app
}

// zookeeper is a registry that keeps interfaces, as dubbo:// of Java 2.x does.
func zookeeper(address string) []registry.Option {
	return []registry.Option{registry.WithZookeeper(), registry.WithAddress(strings.TrimPrefix(address, "zookeeper://")), registry.WithRegisterInterface(), registry.WithoutUseAsConfigCenter(), registry.WithoutUseAsMetaReport()}
}

// logToStderr takes warnings off standard output, which has the rows. Making
// a server or client may set a logger, so it comes after.
func logToStderr() error {
	config := zap.NewProductionConfig()
	config.Level.SetLevel(zap.WarnLevel)
	l, err := config.Build()
	if err != nil {
		return err
	}
	logger.SetLogger(l.Sugar())
	getty.SetLogger(l.Sugar())
	return nil
}

const serialization = constant.Hessian2Serialization

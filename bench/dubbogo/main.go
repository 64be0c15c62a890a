// Command dubbogo is the bench's peer that calls with dubbo-go: dubbo:// with
// Hessian 2 to a direct URL, everything else as it comes.
package main

import (
	"context"
	"net"
	"time"

	"dubbo.apache.org/dubbo-go/v3/client"
	"dubbo.apache.org/dubbo-go/v3/common/constant"
	_ "dubbo.apache.org/dubbo-go/v3/imports"
	"dubbo.apache.org/dubbo-go/v3/protocol"
	"dubbo.apache.org/dubbo-go/v3/server"
	getty "github.com/apache/dubbo-getty"
	"github.com/dubbogo/gost/log/logger"
	"go.uber.org/zap"

	"github.com/gubbo/gubbo/bench/peer"
)

const service = "lab.greet.Greeter"

// Echo is exported because dubbo-go asks for it.
type Echo struct{}

// Reference names the service.
func (*Echo) Reference() string { return service }

// SayHello answers its argument.
func (*Echo) SayHello(_ context.Context, s string) (string, error) { return s, nil }

func serve(ready func(string), stop <-chan struct{}) error {
	// It takes no listener, and of port 0 it does not tell what became. With an
	// address it would want the port twice, for its metadata service too.
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	address := ln.Addr().(*net.TCPAddr)
	ln.Close()
	srv, err := server.NewServer(server.WithServerProtocol(protocol.WithDubbo(), protocol.WithPort(address.Port)))
	if err != nil {
		return err
	}
	silence()
	if err := srv.Register(&Echo{}, nil, server.WithInterface(service), server.WithSerialization(constant.Hessian2Serialization)); err != nil {
		return err
	}
	failed := make(chan error, 1)
	go func() { failed <- srv.Serve() }()
	for {
		nc, err := net.Dial("tcp", address.String())
		if err == nil {
			nc.Close()
			break
		}
		select {
		case err := <-failed:
			return err
		case <-time.After(10 * time.Millisecond):
		}
	}
	ready(address.String())
	select {
	case err := <-failed:
		return err
	case <-stop:
		return nil
	}
}

func dial(address string, _ int) (func(int, string) (string, error), error) {
	cli, err := client.NewClient(client.WithClientProtocolDubbo())
	if err != nil {
		return nil, err
	}
	silence()
	conn, err := cli.Dial(service, client.WithURL("dubbo://"+address), client.WithSerialization(constant.Hessian2Serialization))
	if err != nil {
		return nil, err
	}
	return func(_ int, s string) (out string, err error) {
		err = conn.CallUnary(context.Background(), []any{s}, &out, "sayHello", client.WithCallRequestTimeout(5*time.Second))
		return out, err
	}, nil
}

// silence ends the logging of dubbo-go and of its transport, which making a
// server or client may have begun.
func silence() {
	nop := zap.NewNop().Sugar()
	logger.SetLogger(nop)
	getty.SetLogger(nop)
}

func main() { peer.Main(serve, dial) }

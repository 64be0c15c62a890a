package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strconv"
	"time"

	"dubbo.apache.org/dubbo-go/v3/common/constant"
	"dubbo.apache.org/dubbo-go/v3/protocol"
	"dubbo.apache.org/dubbo-go/v3/server"
	"github.com/apache/dubbo-go-hessian2/java_exception"

	"github.com/gubbo/gubbo/interop/dubbogo/pojo"
)

func provide(port, group string, registries []string) error {
	number, err := strconv.Atoi(port)
	if err != nil {
		return err
	}
	opts := []server.ServerOption{
		server.SetServerApplication(application("dubbo-go-provider")),
		server.WithServerProtocol(protocol.WithDubbo(), protocol.WithIp("127.0.0.1"), protocol.WithPort(number)),
	}
	for _, address := range registries {
		opts = append(opts, server.WithServerRegistry(zookeeper(address)...))
	}
	srv, err := server.NewServer(opts...)
	if err != nil {
		return err
	}
	if err := logToStderr(); err != nil {
		return err
	}
	svc := []server.ServiceOption{server.WithInterface(service), server.WithSerialization(serialization)}
	if group != "-" {
		svc = append(svc, server.WithGroup(group))
	}
	if err := srv.Register(&Greeter{}, nil, svc...); err != nil {
		return err
	}
	ctx, stop := context.WithCancel(context.Background())
	failed := make(chan error, 1)
	go func() { failed <- srv.ServeContext(ctx) }()
	if err := listening("127.0.0.1:"+port, failed); err != nil {
		stop()
		return err
	}
	rows.print("READY", port)
	_, _ = io.Copy(io.Discard, os.Stdin) // the harness closes our input to end us
	stop()
	if err := <-failed; !errors.Is(err, context.Canceled) {
		return err
	}
	return nil
}

// listening waits until somebody listens at the address; dubbo-go does not tell.
func listening(address string, failed <-chan error) error {
	for {
		nc, err := net.Dial("tcp", address)
		if err == nil {
			return nc.Close()
		}
		select {
		case err := <-failed:
			return fmt.Errorf("it does not serve: %v", err)
		case <-time.After(10 * time.Millisecond):
		}
	}
}

// Greeter is the service, exported because dubbo-go asks for it; Greeter.java is
// its twin.
type Greeter struct{}

// Reference names the service for dubbo-go.
func (*Greeter) Reference() string { return service }

func (*Greeter) SayHello(_ context.Context, name string) (string, error) {
	return "hello, " + name, nil
}
func (*Greeter) AddLong(_ context.Context, a, b int64) (int64, error) { return a + b, nil }
func (*Greeter) Half(_ context.Context, v float64) (float64, error)   { return v / 2, nil }
func (*Greeter) Not(_ context.Context, v bool) (bool, error)          { return !v, nil }
func (*Greeter) Maybe(_ context.Context, s *string) (*string, error)  { return s, nil }
func (*Greeter) Fail(_ context.Context, message string) error {
	return java_exception.NewIllegalStateException(message)
}

// NextLevel takes a pointer, which is what dubbo-go makes of an enum.
func (*Greeter) NextLevel(_ context.Context, l *pojo.Level) (pojo.Level, error) {
	return (*l + 1) % 3, nil
}

func (*Greeter) EchoUser(_ context.Context, u *pojo.User) (*pojo.User, error) {
	if u != nil && u.ID == adaID && text(u) != text(ada()) {
		return nil, java_exception.NewIllegalArgumentException("this is not ada: " + text(u))
	}
	return u, nil
}

func (*Greeter) List(_ context.Context, n int32) ([]*pojo.User, error) {
	users := make([]*pojo.User, n)
	for i := range users {
		users[i] = numbered(int32(i))
	}
	return users, nil
}

// Count takes []any, which is what dubbo-go makes of a list without a type; to
// such a method it gives the list of all arguments.
func (*Greeter) Count(_ context.Context, args []any) (map[string]int32, error) {
	words, ok := args[0].([]any)
	counts := make(map[string]int32)
	for _, w := range words {
		counts[fmt.Sprint(w)]++
	}
	if !ok {
		return nil, fmt.Errorf("the words are a %T", args[0])
	}
	return counts, nil
}

func (*Greeter) Find(_ context.Context, id int64) (*pojo.User, error) {
	if id != adaID {
		return nil, pojo.NewNotFound(id)
	}
	return ada(), nil
}

func (*Greeter) Notify(_ context.Context, message string) error {
	rows.print("SEEN", "notify", message)
	return nil
}

// Attach answers through the map of the request's attachments, which dubbo-go
// sends back with the reply.
func (*Greeter) Attach(ctx context.Context, key string) (string, error) {
	attachments, ok := ctx.Value(constant.AttachmentKey).(map[string]any)
	if !ok {
		return "", fmt.Errorf("no attachments but %T", ctx.Value(constant.AttachmentKey))
	}
	value := fmt.Sprint(attachments[key])
	attachments["back-"+key] = "back " + value
	return value, nil
}

func (*Greeter) Slow(_ context.Context, ms int32) (string, error) {
	time.Sleep(time.Duration(ms) * time.Millisecond)
	return fmt.Sprint("slept ", ms), nil
}

package main

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"time"

	"dubbo.apache.org/dubbo-go/v3/client"
	"dubbo.apache.org/dubbo-go/v3/common/constant"
	"dubbo.apache.org/dubbo-go/v3/common/extension"
	"dubbo.apache.org/dubbo-go/v3/filter"
	"dubbo.apache.org/dubbo-go/v3/protocol/base"
	"dubbo.apache.org/dubbo-go/v3/protocol/result"
)

// The time that a call may take, and that slow may.
const (
	timeout     = 8 * time.Second
	slowTimeout = 300 * time.Millisecond
)

func consume(label, group, address string) {
	c, err := refer(group, address)
	if err != nil {
		rows.print("CALL", label, "greet/refer", "FAIL", err.Error())
		return
	}
	if err := c.await(); err != nil {
		rows.print("CALL", label, "greet/refer", "FAIL", err.Error())
		return
	}
	for _, call := range calls {
		detail, err := c.try(call)
		outcome := "ok"
		if err != nil {
			outcome, detail = "FAIL", err.Error()
		}
		rows.print("CALL", label, "greet/"+call.name, outcome, detail)
	}
}

// caller is a reference to the service.
type caller struct {
	conn    *client.Connection
	replies *replies
}

func refer(group, address string) (*caller, error) {
	opts := []client.ClientOption{client.WithClientProtocolDubbo()}
	ref := []client.ReferenceOption{client.WithSerialization(serialization), client.WithFilter("replies")}
	if strings.HasPrefix(address, "dubbo:") {
		ref = append(ref, client.WithURL(address))
	} else {
		opts = append(opts, client.WithClientRegistry(zookeeper(address)...))
	}
	if group != "-" {
		ref = append(ref, client.WithGroup(group))
	}
	last := new(replies)
	extension.SetFilter("replies", func() filter.Filter { return last })
	cli, err := client.NewClient(opts...)
	if err != nil {
		return nil, err
	}
	if err := logToStderr(); err != nil {
		return nil, err
	}
	conn, err := cli.Dial(service, ref...)
	return &caller{conn, last}, err
}

// await waits until a provider is known: dubbo-go hears of those in a registry
// some time after Dial has returned.
func (c *caller) await() error {
	for start := time.Now(); ; time.Sleep(10 * time.Millisecond) {
		_, err := c.hello("are you there")
		if err == nil || !strings.Contains(err.Error(), "No provider available") || time.Since(start) > 10*time.Second {
			return err
		}
	}
}

// try makes a call; a panic is its error.
func (c *caller) try(call call) (detail string, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("panic: %v", r)
		}
	}()
	return call.run(c)
}

// invoke calls a method; reply is a pointer to what it returns.
func (c *caller) invoke(method string, reply any, args ...any) error {
	return c.invokeWith(context.Background(), timeout, method, reply, args...)
}

func (c *caller) invokeWith(ctx context.Context, timeout time.Duration, method string, reply any, args ...any) error {
	return c.conn.CallUnary(ctx, args, reply, method, client.WithCallRequestTimeout(timeout), client.WithCallRetries(0))
}

// attached is a context whose call carries an attachment.
func attached(key, value string) context.Context {
	return context.WithValue(context.Background(), constant.AttachmentKey, map[string]any{key: value})
}

// replies is a filter that keeps the attachments of the last reply, which
// CallUnary does not return.
type replies struct {
	mu   sync.Mutex
	last map[string]any // guarded by mu
}

func (r *replies) Invoke(ctx context.Context, invoker base.Invoker, inv base.Invocation) result.Result {
	return invoker.Invoke(ctx, inv)
}

func (r *replies) OnResponse(_ context.Context, res result.Result, _ base.Invoker, _ base.Invocation) result.Result {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.last = res.Attachments()
	return res
}

func (r *replies) attachment(key string) any {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.last[key]
}

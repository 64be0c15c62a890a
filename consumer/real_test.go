package consumer_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"os/signal"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/gubbo/gubbo/api"
	"github.com/gubbo/gubbo/consumer"
	"github.com/gubbo/gubbo/protocol"
	"github.com/gubbo/gubbo/protocol/dubbo"
	"github.com/gubbo/gubbo/protocol/hessian"
	"github.com/gubbo/gubbo/registry/registrytest"
)

// These tests run dubbo:// over loopback. The providers are child processes,
// this test binary again, so that they can be killed.

const childEnv = "GUBBO_CONSUMER_TEST_LISTEN"

func TestMain(m *testing.M) {
	if address := os.Getenv(childEnv); address != "" {
		if err := provide(address); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	goleak.VerifyTestMain(m)
}

var echoDesc = api.ServiceDesc{
	Service: api.Service{Interface: "lab.Echo"},
	Methods: []api.Method{
		{Name: "again", Desc: "Ljava/lang/String;", Params: []string{"java.lang.String"}, Result: "java.lang.String", Idempotent: true},
		{Name: "once", Desc: "Ljava/lang/String;", Params: []string{"java.lang.String"}, Result: "java.lang.String"},
		{Name: "refuse", Desc: "Ljava/lang/String;", Params: []string{"java.lang.String"}, Result: "java.lang.String"},
		{Name: "sleep", Desc: "Ljava/lang/String;", Params: []string{"java.lang.String"}, Result: "java.lang.String"},
	},
}

// text is the argument and the reply of every method here.
type text struct{ s string }

func (t *text) EncodeHessian(e *hessian.Encoder) { e.String(t.s) }
func (t *text) DecodeHessian(d *hessian.Decoder) { t.s = d.String() }
func (t *text) HessianTypes() *hessian.Types     { return nil }
func (t *text) Len() int                         { return 1 }
func (t *text) At(int) any                       { return t.s }

type echoCall struct {
	api.Invocation
	args, reply text
}

func newEchoCall(m *api.Method) *echoCall {
	c := &echoCall{}
	c.Service, c.Method, c.Args, c.Reply = &echoDesc.Service, m, &c.args, &c.reply
	return c
}

func echo(ctx context.Context, r *consumer.Reference, method int, s string) (string, error) {
	c := newEchoCall(&echoDesc.Methods[method])
	c.args.s = s
	err := r.Invoke(ctx, &c.Invocation)
	return c.reply.s, err
}

const again, once, refuse, sleep = 0, 1, 2, 3

// echoHandler serves echoDesc.
type echoHandler struct{}

func (echoHandler) Find(t protocol.Target) (*protocol.Endpoint, error) {
	for i := range echoDesc.Methods {
		if m := &echoDesc.Methods[i]; m.Name == t.Method {
			return &protocol.Endpoint{
				Service: echoDesc.Service, Method: m,
				New: func() *api.Invocation { return &newEchoCall(m).Invocation },
				Invoker: api.InvokerFunc(func(_ context.Context, inv *api.Invocation) error {
					if m.Name == "refuse" {
						return api.NewError(api.Business, api.SentMaybe, "", errors.New("not today"))
					}
					if m.Name == "sleep" {
						d, err := time.ParseDuration(inv.Args.At(0).(string))
						if err != nil {
							d = 50 * time.Millisecond
						}
						time.Sleep(d)
					}
					reply := inv.Reply.(*text)
					reply.s = inv.Args.At(0).(string)
					inv.ReplyAttachments.Set("tenant", inv.Attachments.Get("tenant"))
					return inv.Sink.EncodeReply(reply)
				}),
			}, nil
		}
	}
	return nil, api.NewError(api.NotFound, api.SentNo, "no method "+t.Method, nil)
}

// provide is the child: it serves until SIGTERM, and then leaves gracefully.
func provide(address string) error {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	ln, err := net.Listen("tcp", address)
	for i := 0; err != nil && i < 100; i++ { // the port of a killed process may linger
		time.Sleep(10 * time.Millisecond)
		ln, err = net.Listen("tcp", address)
	}
	if err != nil {
		return err
	}
	srv, err := dubbo.New().Serve(ln, echoHandler{}, protocol.ServeOptions{})
	if err != nil {
		return err
	}
	fmt.Println(ln.Addr())
	<-ctx.Done()
	drain, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	// What was under way when the peers heard arrives within the pause, also from
	// a process that gets no CPU for a while.
	for range 2 {
		if err := srv.Drain(drain); err != nil {
			return err
		}
		time.Sleep(500 * time.Millisecond)
	}
	return srv.Close()
}

// child is a provider process.
type child struct {
	cmd     *exec.Cmd
	address string
}

func start(t *testing.T, address string) *child {
	t.Helper()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(exe)
	cmd.Env = append(os.Environ(), childEnv+"="+address)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	c := &child{cmd: cmd}
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatalf("the provider did not start: %v", err)
	}
	c.address = strings.TrimSpace(line)
	return c
}

func (c *child) end(t *testing.T, how os.Signal) {
	t.Helper()
	if err := c.cmd.Process.Signal(how); err != nil {
		t.Error(err)
	}
	_ = c.cmd.Wait() // killed on purpose
}

// startFleet starts n providers; their number i is replaced in place.
func startFleet(t *testing.T, n int) (fleet []*child, urls []string) {
	t.Helper()
	fleet = make([]*child, n)
	t.Cleanup(func() {
		for _, c := range fleet {
			if c != nil {
				c.end(t, syscall.SIGKILL)
			}
		}
	})
	for i := range fleet {
		fleet[i] = start(t, "127.0.0.1:0")
		urls = append(urls, "dubbo://"+fleet[i].address)
	}
	return fleet, urls
}

func referEcho(t *testing.T, opts ...consumer.Option) *consumer.Reference {
	t.Helper()
	c, err := consumer.New(consumer.Config{Application: "test"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := c.Close(); err != nil {
			t.Error(err)
		}
	})
	r, err := c.Refer(&echoDesc, opts...)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// load calls method from several goroutines until stopped; failed is told of
// each failure.
func load(r *consumer.Reference, method int, failed func(error)) (stop func() (calls int64)) {
	var n atomic.Int64
	var end atomic.Bool
	var wait sync.WaitGroup
	for range 4 {
		wait.Go(func() {
			for !end.Load() {
				want := fmt.Sprint("hello ", n.Add(1))
				got, err := echo(context.Background(), r, method, want)
				if err == nil && got != want {
					err = fmt.Errorf("the answer to %q is %q", want, got)
				}
				if err != nil {
					failed(err)
				}
				time.Sleep(time.Millisecond)
			}
		})
	}
	return func() int64 {
		end.Store(true)
		wait.Wait()
		return n.Load()
	}
}

func TestCallsOverDubbo(t *testing.T) {
	_, urls := startFleet(t, 1)
	r := referEcho(t, consumer.Direct(urls...))
	var info consumer.CallInfo
	got, err := echo(context.Background(), r.With(consumer.Attach("tenant", "a"), consumer.Capture(&info)), once, "grüß dich")
	if err != nil || got != "grüß dich" || info.Reply("tenant") != "a" || "dubbo://"+info.Peer != urls[0] {
		t.Errorf("%q, %v, %+v", got, err, info)
	}
	_, err = echo(context.Background(), r, refuse, "")
	if api.CodeOf(err) != api.Business || !strings.Contains(err.Error(), "not today") || !strings.Contains(err.Error(), "lab.Echo.refuse at 127.0.0.1:") {
		t.Errorf("got %v", err)
	}
	_, err = echo(context.Background(), r.With(consumer.Timeout(5*time.Millisecond)), sleep, "1m")
	if !errors.Is(err, context.DeadlineExceeded) || !strings.Contains(err.Error(), "lab.Echo.sleep at 127.0.0.1:") {
		t.Errorf("got %v", err)
	}
}

// Idempotent calls survive kill -9 of one provider of three after the other.
// Those of the other method fail only if their provider may have run them.
func TestKillUnderLoad(t *testing.T) {
	fleet, urls := startFleet(t, 3)
	r := referEcho(t, consumer.Direct(urls...), consumer.Timeout(5*time.Second))
	stopAgain := load(r, again, func(err error) { t.Errorf("an idempotent call failed: %v", err) })
	var unknown atomic.Int64
	stopOnce := load(r, once, func(err error) {
		e, _ := errors.AsType[*api.Error](err)
		if e == nil || e.Code != api.Disconnected || e.Sent != api.SentMaybe {
			t.Errorf("a call failed that cannot have run: %v", err)
			return
		}
		unknown.Add(1)
	})
	const rounds = 6
	for i := range rounds {
		time.Sleep(100 * time.Millisecond)
		c := fleet[i%len(fleet)]
		fleet[i%len(fleet)] = nil
		c.end(t, syscall.SIGKILL)
		time.Sleep(200 * time.Millisecond)
		fleet[i%len(fleet)] = start(t, c.address)
		waitReady(t, r, c.address)
	}
	a, o := stopAgain(), stopOnce()
	t.Logf("%d kills: %d idempotent calls, 0 failed; %d others, %d with unknown outcome", rounds, a, o, unknown.Load())
	if unknown.Load() > rounds*4 {
		t.Errorf("%d calls have an unknown outcome, more than were under way", unknown.Load())
	}
}

// waitReady waits until the consumer is connected to address again.
func waitReady(t *testing.T, r *consumer.Reference, address string) {
	t.Helper()
	deadline := time.Now().Add(10 * time.Second)
	for time.Now().Before(deadline) {
		for _, p := range r.Explain("").Providers {
			if p.Address == address && p.Picked {
				return
			}
		}
		time.Sleep(5 * time.Millisecond)
	}
	t.Fatalf("not connected to %s after 10 s: %+v", address, r.Explain(""))
}

// One provider of four is stopped, not killed: its connection stands. Idempotent
// calls go on elsewhere, the others wait for it, and none fails. While it is
// stopped new calls avoid it; then it has its share again.
func TestStopUnderLoad(t *testing.T) {
	fleet, urls := startFleet(t, 4)
	r := referEcho(t, consumer.Direct(urls...), consumer.Timeout(30*time.Second))
	failed := func(err error) { t.Errorf("a call failed: %v", err) }
	stops := []func() int64{load(r, again, failed), load(r, again, failed), load(r, once, failed)}
	stopped := fleet[1]
	status := func() (p consumer.ProviderStatus, tries uint64) {
		for _, q := range r.Explain("").Providers {
			if tries += q.Tries; q.Address == stopped.address {
				p = q
			}
		}
		return p, tries
	}
	// until waits for cond and tells how many tries of how many went to the
	// provider meanwhile.
	until := func(what string, cond func(p consumer.ProviderStatus, its, all uint64) bool) (its, all uint64) {
		t.Helper()
		p, was := status()
		before := p.Tries
		for end := time.Now().Add(20 * time.Second); time.Now().Before(end); time.Sleep(5 * time.Millisecond) {
			p, tries := status()
			if its, all = p.Tries-before, tries-was; cond(p, its, all) {
				return its, all
			}
		}
		t.Fatalf("%s: not within 20 s; %d of %d tries, %+v", what, its, all, p)
		return 0, 0
	}
	share := func(_ consumer.ProviderStatus, its, _ uint64) bool { return its >= 50 }
	until("its share", share)
	signal := func(s syscall.Signal) {
		if err := stopped.cmd.Process.Signal(s); err != nil {
			t.Fatal(err)
		}
	}
	signal(syscall.SIGSTOP)
	its, all := until("found out", func(p consumer.ProviderStatus, _, _ uint64) bool { return p.Connection == "silent" && !p.Picked })
	t.Logf("until it was found out it got %d of %d tries", its, all)
	its, all = until("avoided", func(_ consumer.ProviderStatus, _, all uint64) bool { return all >= 1000 })
	if its > all/100 {
		t.Errorf("found out, it still got %d of %d tries", its, all)
	}
	signal(syscall.SIGCONT)
	its, all = until("its share again", share)
	t.Logf("when it went on it got %d of %d tries", its, all)
	for _, stop := range stops {
		t.Logf("%d calls", stop())
	}
}

// Providers that leave gracefully one after the other cost no call, although
// nothing is retried.
func TestRollingRestartUnderLoad(t *testing.T) {
	fleet, urls := startFleet(t, 3)
	r := referEcho(t, consumer.Direct(urls...), consumer.Retries(0), consumer.Timeout(5*time.Second))
	failed := func(err error) { t.Errorf("a call failed: %v", err) }
	stops := []func() int64{load(r, once, failed), load(r, sleep, failed)}
	for i := range fleet {
		time.Sleep(100 * time.Millisecond)
		c := fleet[i]
		fleet[i] = nil
		c.end(t, syscall.SIGTERM)
		fleet[i] = start(t, c.address)
		waitReady(t, r, c.address)
	}
	for _, stop := range stops {
		t.Logf("%d calls", stop())
	}
}

// The one provider there is goes and comes: calls fail at once meanwhile, and
// work again soon.
func TestOnlyProviderRestarts(t *testing.T) {
	fleet, urls := startFleet(t, 1)
	r := referEcho(t, consumer.Direct(urls...))
	c := fleet[0]
	fleet[0] = nil
	c.end(t, syscall.SIGKILL)
	deadline := time.Now().Add(10 * time.Second)
	for {
		began := time.Now()
		_, err := echo(context.Background(), r, once, "")
		if errors.Is(err, api.ErrUnavailable) && time.Since(began) < 100*time.Millisecond {
			break
		}
		if time.Now().After(deadline) {
			t.Fatalf("calls do not fail at once: %v", err)
		}
	}
	time.Sleep(2 * time.Second) // the pauses between its attempts have grown
	fleet[0] = start(t, c.address)
	machine, began := registrytest.WatchLateness(t), time.Now()
	for {
		_, err := echo(context.Background(), r, once, "")
		if err == nil {
			break
		}
		if time.Since(began) > 2*time.Second+machine.Late() {
			t.Fatalf("2 s after the provider came back: %v", err)
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Logf("works again %v after the provider came back", time.Since(began).Round(time.Millisecond))
}

// From the stub to the socket there are at most 8 frames of ours.
func TestFramesToTheSocket(t *testing.T) {
	_, urls := startFleet(t, 1)
	var most atomic.Int64
	var deepest atomic.Pointer[[]string]
	c, err := consumer.New(consumer.Config{Dial: func(ctx context.Context, network, address string) (net.Conn, error) {
		nc, err := (&net.Dialer{}).DialContext(ctx, network, address)
		if err != nil {
			return nil, err
		}
		return &countingConn{Conn: nc, most: &most, deepest: &deepest}, nil
	}})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	r, err := c.Refer(&echoDesc, consumer.Direct(urls...))
	if err != nil {
		t.Fatal(err)
	}
	for range 50 {
		if _, err := echo(context.Background(), r, once, "x"); err != nil {
			t.Fatal(err)
		}
	}
	if n := most.Load(); n == 0 || n > 8 {
		t.Errorf("%d frames of ours on the way to the socket: %v", n, *deepest.Load())
	}
}

// countingConn counts the frames of the library above a Write.
type countingConn struct {
	net.Conn
	most    *atomic.Int64
	deepest *atomic.Pointer[[]string]
}

func (c *countingConn) Write(b []byte) (int, error) {
	pcs := make([]uintptr, 64)
	all := runtime.CallersFrames(pcs[:runtime.Callers(1, pcs)])
	var ours []string
	for {
		f, more := all.Next()
		if strings.Contains(f.Function, "gubbo/") && !strings.Contains(f.Function, "consumer_test") {
			ours = append(ours, f.Function)
		}
		if !more {
			break
		}
	}
	for n := int64(len(ours)); n > c.most.Load(); {
		c.most.Store(n)
		c.deepest.Store(&ours)
	}
	return c.Conn.Write(b)
}

package dubbo

import (
	"bytes"
	"context"
	"io"
	"strings"
	"testing"

	"github.com/gubbo/gubbo/api"
	"github.com/gubbo/gubbo/protocol"
	"github.com/gubbo/gubbo/protocol/hessian"
)

// number is an argument or a reply of one int or long.
type number struct {
	long bool
	v    int64
}

func (n *number) Len() int   { return 1 }
func (n *number) At(int) any { return n.v }
func (n *number) EncodeHessian(e *hessian.Encoder) {
	if n.long {
		e.Long(n.v)
	} else {
		e.Int(int32(n.v))
	}
}
func (n *number) DecodeHessian(d *hessian.Decoder) {
	if n.long {
		n.v = d.Long()
	} else {
		n.v = int64(d.Int())
	}
}
func (n *number) HessianTypes() *hessian.Types { return nil }

// lab provides, as far as the probes call it, what the Java provider did that
// answered them.
type lab struct{}

func (lab) Find(t protocol.Target) (*protocol.Endpoint, error) {
	s := api.Service{Interface: t.Path, Group: t.Group, Version: t.Version}
	var make func() *api.Invocation
	var run func(inv *api.Invocation)
	m := &api.Method{Name: t.Method, Desc: t.Desc}
	is := func(service, method, desc string) bool {
		return s.Key() == service && t.Method == method && t.Desc == desc
	}
	fresh := func(args interface {
		api.Args
		hessian.Body
	}, reply any) func() *api.Invocation {
		return func() *api.Invocation {
			return &api.Invocation{Service: &s, Method: m, Args: args, Reply: reply}
		}
	}
	echo := func(long bool) {
		in, out := &number{long: long}, &number{long: long}
		make, run = fresh(in, out), func(*api.Invocation) { out.v = in.v }
	}
	who := func(name string) { make, run = fresh(none{}, &text{name}), func(*api.Invocation) {} }
	switch {
	case is("lab.greet.GreetService", "sayHello", stringDesc):
		in, out := new(text), new(text)
		make, run = fresh(in, out), func(*api.Invocation) { out.v = "Hello " + in.v }
	case is("lab.greet.GreetService", "echoLong", "J"):
		echo(true)
	case is("lab.greet.GreetService", "echoInt", "I"):
		echo(false)
	case is("g1/lab.greet.WhoService:1.0.0", "who", ""):
		who("g1-v1")
	case is("lab.greet.WhoService:3.0.0", "who", ""):
		who("only-version")
	default:
		return nil, api.NewError(api.NotFound, api.SentNo, "lab: no "+s.Key()+"."+t.Method, nil)
	}
	return &protocol.Endpoint{Service: s, Method: m, New: make, Invoker: api.InvokerFunc(func(_ context.Context, inv *api.Invocation) error {
		run(inv)
		return inv.Sink.EncodeReply(inv.Reply)
	})}, nil
}

// To the frames that were made by hand and sent to Java, valid and invalid, we
// answer what Java 3.3 answered, byte by byte where it answers with a value.
// Where it refuses we refuse, with its status or with 40, which says more; and
// where it is silent about a call, and 2.7 is not, we do as 2.7 does.
func TestProbesAnsweredAsByJava(t *testing.T) {
	silent := map[string]bool{} // probes to which nobody answers
	probes, same := 0, 0
	for _, f := range javaFrames(t) {
		name, ok := strings.CutPrefix(f.Name, "probe-d33/")
		if !ok {
			continue
		}
		probes++
		got := probe(t, f.bytes, max(1, bytes.Count(f.reply, []byte{magic >> 8, magic & 0xff, codecHessian2, statusOK})))
		var ours, javas header
		if len(got) >= headerSize {
			ours, _ = parseHeader(got, defaultMaxBody)
		}
		if len(f.reply) >= headerSize {
			javas, _ = parseHeader(f.reply, defaultMaxBody)
		}
		switch {
		case javas.status == statusOK:
			if bytes.Equal(got, f.reply) || name == "two frames at once" && sameFrames(got, f.reply) {
				same++
			} else {
				t.Errorf("%s: we answer %q, Java %q", f.Name, got, f.reply)
			}
		case name == "event of 60 bytes": // 2.6 and 2.7 are silent
			silent[name] = len(got) == 0
		case javas.status != 0:
			if ours.id != javas.id || ours.status != javas.status && ours.status != statusBadRequest {
				t.Errorf("%s: we answer %q, Java %q", f.Name, got, f.reply)
			}
		case len(f.bytes) > 2 && f.bytes[0] == 0xda && f.bytes[2]&(flagTwoway|flagEvent) == flagTwoway,
			f.bytes[0] != 0xda: // not understood, too long, or no Dubbo at all
			if ours.status != statusBadRequest {
				t.Errorf("%s: we answer %q", f.Name, got)
			}
		default:
			silent[name] = len(got) == 0
		}
	}
	t.Logf("%d probes, %d answered byte by byte as by Java", probes, same)
	if probes < 60 || same < 35 {
		t.Errorf("%d probes, %d answered the same", probes, same)
	}
	for _, name := range []string{"heartbeat oneway", "readonly event to server", "event with other text", "event of 60 bytes"} {
		if !silent[name] {
			t.Errorf("%s was answered", name)
		}
	}
}

// probe sends b and then a heartbeat to a server of lab, and returns what came
// back: n frames, or fewer if the heartbeat's answer or the end of the
// connection came before and b is no call, whose answer may come after.
func probe(t *testing.T, b []byte, n int) (got []byte) {
	t.Helper()
	nc, _ := rawServer(t, lab{}, 0)
	defer nc.Close()
	nc.Write(b)
	call := len(b) > 2 && b[0] == magic>>8 && b[2]&(flagRequest|flagEvent) == flagRequest
	nc.Write(frame(0xe2, 0, 4242, heartbeatBody))
	for n > 0 {
		var head [headerSize]byte
		if _, err := io.ReadFull(nc, head[:]); err != nil {
			return got
		}
		h, err := parseHeader(head[:], defaultMaxBody)
		if err != nil || h.request() {
			t.Fatalf("we answer %x", head)
		}
		body := make([]byte, h.length)
		if _, err := io.ReadFull(nc, body); err != nil {
			t.Fatal(err)
		}
		if h.id != 4242 {
			got = append(append(got, head[:]...), body...)
			n--
		} else if !call {
			return got
		}
	}
	return got
}

// sameFrames tells whether a and b hold the same frames in any order; all are
// of one length.
func sameFrames(a, b []byte) bool {
	half := len(b) / 2
	return bytes.Equal(a, b) || bytes.Equal(a, append(bytes.Clone(b[half:]), b[:half]...))
}

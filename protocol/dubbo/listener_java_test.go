package dubbo

import (
	"bytes"
	"context"
	"encoding/hex"
	"testing"
	"time"

	"github.com/gubbo/gubbo/api"
	"github.com/gubbo/gubbo/protocol"
	"github.com/gubbo/gubbo/protocol/hessian"
)

// What real Java providers wrote to call listener 1 of lab.quote.QuoteListener
// with a Quote whose price is 1.25. 2.6 and 2.7 write null for the version.
var javaCallsBack = []struct{ version, frame string }{
	{"2.6.12",
		"dabbc2000000000000000000000000fc05322e302e32176c61622e71756f74652e51756f74654c697374656e65724e076368616e676564114c6c61622f71756f74652f51756f" +
			"74653b430f6c61622e71756f74652e51756f7465920570726963650673796d626f6c605f000004e21a5a354151413348583437534d4b4334564556435453595159374d481763" +
			"616c6c6261636b2e736572766963652e696e73746964013105696e707574033236320470617468176c61622e71756f74652e51756f74654c697374656e65721272656d6f7465" +
			"2e6170706c69636174696f6e0b676f2d636f6e73756d657209696e74657266616365166c61622e71756f74652e51756f7465536572766963655a"},
	{"2.7.23",
		"dabbc2000000000000000000000000db05322e302e32176c61622e71756f74652e51756f74654c697374656e65724e076368616e676564114c6c61622f71756f74652f51756f" +
			"74653b430f6c61622e71756f74652e51756f7465920570726963650673796d626f6c605f000004e21a484144585532565a455934364e43594f5151574e48345450444d481763" +
			"616c6c6261636b2e736572766963652e696e73746964013105696e707574033236320470617468176c61622e71756f74652e51756f74654c697374656e65721272656d6f7465" +
			"2e6170706c69636174696f6e0b676f2d636f6e73756d65725a"},
	{"3.2.16",
		"dabbc200f2117ed848553320000000dd05322e302e32176c61622e71756f74652e51756f74654c697374656e65724e076368616e676564114c6c61622f71756f74652f51756f" +
			"74653b430f6c61622e71756f74652e51756f7465920570726963650673796d626f6c605f000004e21a34535634504f4c56364c345a36564f48574655363547594d4855481763" +
			"616c6c6261636b2e736572766963652e696e73746964013105696e707574033236320470617468176c61622e71756f74652e51756f74654c697374656e65721272656d6f7465" +
			"2e6170706c69636174696f6e0d6a6176612d70726f76696465725a"},
	{"3.3.6",
		"dabbc200a478030958a9cca4000000dd05322e302e32176c61622e71756f74652e51756f74654c697374656e65724e076368616e676564114c6c61622f71756f74652f51756f" +
			"74653b430f6c61622e71756f74652e51756f7465920570726963650673796d626f6c605f000004e21a5a5147495449344c4f334b595a534b3254564944583650515148481763" +
			"616c6c6261636b2e736572766963652e696e73746964013105696e707574033236320470617468176c61622e71756f74652e51756f74654c697374656e65721272656d6f7465" +
			"2e6170706c69636174696f6e0d6a6176612d70726f76696465725a"},
}

// What real Java consumers wrote to register a listener.
var javaRegisters = []struct{ version, id, frame string }{
	{"2.6.12", "1898550150",
		"dabbc20000000000000000dd000000fb05322e302e32166c61622e71756f74652e51756f74655365727669636505302e302e300b6164644c697374656e6572302b4c6a617661" +
			"2f6c616e672f537472696e673b4c6c61622f71756f74652f51756f74654c697374656e65723b302439376236386337662d626635662d343038632d396639652d353535383939" +
			"3665333765364e480470617468166c61622e71756f74652e51756f746553657276696365127379735f63616c6c6261636b5f6172672d310a3138393835353031353009696e74" +
			"657266616365166c61622e71756f74652e51756f7465536572766963650776657273696f6e05302e302e300774696d656f757404383030305a"},
	{"2.7.23", "2123407611",
		"dabbc20000000000000000dd0000013105322e302e32166c61622e71756f74652e51756f74655365727669636505302e302e300b6164644c697374656e6572302b4c6a617661" +
			"2f6c616e672f537472696e673b4c6c61622f71756f74652f51756f74654c697374656e65723b302464653363666565632d663037632d346433392d386632302d616435356638" +
			"3266323235314e480470617468166c61622e71756f74652e51756f7465536572766963651272656d6f74652e6170706c69636174696f6e0d6a6176612d636f6e73756d657212" +
			"7379735f63616c6c6261636b5f6172672d310a3231323334303736313109696e74657266616365166c61622e71756f74652e51756f746553657276696365076c61622d6b6579" +
			"047620c3a9e6bca20776657273696f6e05302e302e30086c61622d6361736508666f6c6465722e325a"},
}

func unhex(t *testing.T, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(s)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

type price struct {
	Symbol string
	Price  float64
}

var priceClass = hessian.ClassDesc{Name: "lab.quote.Quote", Fields: []string{"price", "symbol"}, New: func() any { return new(price) }}

func (p *price) EncodeHessian(e *hessian.Encoder) { e.Null() }
func (p *price) DecodeHessianField(d *hessian.Decoder, field int) {
	if field == 0 {
		p.Price = d.Double()
	} else {
		p.Symbol = d.String()
	}
}

type priceArgs struct{ p *price }

func (a *priceArgs) Len() int                         { return 1 }
func (a *priceArgs) At(int) any                       { return a.p }
func (a *priceArgs) EncodeHessian(e *hessian.Encoder) { a.p.EncodeHessian(e) }
func (a *priceArgs) DecodeHessian(d *hessian.Decoder) { a.p, _ = d.Object(&priceClass).(*price) }
func (a *priceArgs) HessianTypes() *hessian.Types     { return hessian.NewTypes(&priceClass) }

func TestJavaCallsAListener(t *testing.T) {
	heardPrices := make(chan price, 1)
	desc := &api.ListenerDesc{
		Interface: "lab.quote.QuoteListener",
		Methods:   []api.Method{{Name: "changed", Desc: "Llab/quote/Quote;", Params: []string{"lab.quote.Quote"}, Result: "long"}},
		Calls: []api.ListenerCall{{
			New: func() *api.Invocation { return &api.Invocation{Args: new(priceArgs), Reply: new(text)} },
			Run: func(_ context.Context, _ any, inv *api.Invocation) error {
				heardPrices <- *inv.Args.(*priceArgs).p
				inv.Reply.(*text).v = "heard it"
				return nil
			},
		}},
	}
	method := listening("add", api.Callback{Param: 1, Listener: desc})
	ln := newPipeListener()
	cli, err := New().Dial("127.0.0.1:1", protocol.DialOptions{Dial: ln.dial, Listen: listen})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { cli.Close() })
	done := make(chan error, 1)
	go func() { done <- cli.Invoke(t.Context(), listenerCall(&method, "k", newListener(heard))) }()
	nc := <-ln.conns
	defer nc.Close()
	nc.SetDeadline(time.Now().Add(20 * time.Second))
	h, _ := readFrame(t, nc)
	send(t, nc, append(frame(codecHessian2, statusOK, h.id, nil)[:headerSize], tagReply+replyNull))
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	for _, c := range javaCallsBack {
		request := unhex(t, c.frame)
		if _, err := nc.Write(request); err != nil {
			t.Fatal(err)
		}
		want, err := parseHeader(request, defaultMaxBody)
		if err != nil {
			t.Fatal(err)
		}
		if h, body := readFrame(t, nc); h.id != want.id || h.status != statusOK || !bytes.Contains(body, []byte("heard it")) {
			t.Errorf("%s: answer %+v %q", c.version, h, body)
			continue
		}
		if p := <-heardPrices; p.Price != 1.25 || len(p.Symbol) != 26 {
			t.Errorf("%s: the listener heard %+v", c.version, p)
		}
	}
}

func TestJavaRegistersAListener(t *testing.T) {
	for _, c := range javaRegisters {
		r, d := new(request), new(hessian.Decoder)
		if err := new(requestReader).read(r, d, unhex(t, c.frame)[headerSize:]); err != nil {
			t.Errorf("%s: %v", c.version, err)
			continue
		}
		var attached api.Attachments
		attached.SetLazy(&r.attachments)
		if got := attached.Get("sys_callback_arg-1"); got != c.id || r.head.method != "addListener" || r.args[len(r.args)-1] != tagNull {
			t.Errorf("%s: %s registers %q with %q", c.version, r, got, r.args)
		}
		// What this package writes has the same head and arguments.
		m := api.Method{Name: "addListener", Desc: "Ljava/lang/String;Llab/quote/QuoteListener;"}
		var key string
		d.Reset(r.args, nil)
		key = d.String()
		var enc hessian.Encoder
		ours, err := appendRequest(nil, &enc, newRequestTemplate(&api.Service{Interface: "lab.quote.QuoteService"}, &m, ""), &keyed{key: key}, 0, texts())
		if err != nil {
			t.Fatal(err)
		}
		theirs := unhex(t, c.frame)
		end := len(theirs) - len(r.rest) + len(r.args)
		if !bytes.Equal(ours[headerSize:end], theirs[headerSize:end]) {
			t.Errorf("%s: we write %q, Java writes %q", c.version, ours[headerSize:end], theirs[headerSize:end])
		}
	}
}

package zkclient

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"io"
	"net"
	"os"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"github.com/gubbo/gubbo/internal/jute"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// peer is the server's end of a connection, scripted by the test.
type peer struct {
	t  testing.TB
	nc net.Conn
}

// read returns the body of the next frame, nil when the client is gone.
func (p *peer) read() []byte {
	var head [4]byte
	if _, err := io.ReadFull(p.nc, head[:]); err != nil {
		return nil
	}
	body := make([]byte, binary.BigEndian.Uint32(head[:]))
	if _, err := io.ReadFull(p.nc, body); err != nil {
		return nil
	}
	return body
}

// request skips pings, answering them, and returns the next request.
func (p *peer) request() (xid, op int32) {
	for {
		d := jute.NewDecoder(p.read())
		xid, op = d.Int(), d.Int()
		if d.Err() != nil || xid != xidPing {
			return xid, op
		}
		p.reply(xidPing, 0, nil)
	}
}

func (p *peer) raw(b []byte) { _, _ = p.nc.Write(b) } // the client may be gone

func (p *peer) frame(body []byte) {
	p.raw(append(jute.AppendInt(nil, int32(len(body))), body...))
}

func (p *peer) reply(xid int32, code ServerError, record []byte) {
	b := jute.AppendInt(nil, xid)
	b = jute.AppendLong(b, 7)
	b = jute.AppendInt(b, int32(code))
	p.frame(append(b, record...))
}

func (p *peer) welcome(timeout time.Duration) {
	p.read()
	p.frame(welcomeRecord(timeout))
}

func welcomeRecord(timeout time.Duration) []byte {
	b := jute.AppendInt(nil, 0)
	b = jute.AppendInt(b, int32(timeout.Milliseconds()))
	b = jute.AppendLong(b, 0x1234)
	return jute.AppendBuffer(b, make([]byte, 16))
}

// dial opens a connection to a scripted server and returns when the script has
// ended, too.
func dial(t testing.TB, cfg Config, script func(*peer), use func(*Conn, error)) {
	t.Helper()
	near, far := net.Pipe()
	done := make(chan struct{})
	go func() {
		defer close(done)
		script(&peer{t, far})
	}()
	c, err := Open(context.Background(), near, cfg)
	use(c, err)
	if c != nil {
		c.Close()
	}
	_ = far.Close()
	<-done
}

func TestHostileServers(t *testing.T) {
	answer := func(body []byte) func(*peer) { // to the first request
		return func(p *peer) {
			p.welcome(10 * time.Second)
			p.request()
			p.frame(body)
		}
	}
	record := func(r []byte) func(*peer) {
		return func(p *peer) {
			p.welcome(10 * time.Second)
			xid, _ := p.request()
			p.reply(xid, 0, r)
		}
	}
	rawAnswer := func(b []byte) func(*peer) {
		return func(p *peer) {
			p.welcome(10 * time.Second)
			p.request()
			p.raw(b)
			_ = p.nc.Close()
		}
	}
	for name, c := range map[string]struct {
		script func(*peer)
		text   string
	}{
		"frame of 4 bytes":         {answer([]byte{0, 0, 0, 1}), "reply of 4 bytes"},
		"empty frame":              {answer(nil), "reply of 0 bytes"},
		"frame of 2 GB":            {rawAnswer([]byte{0x7f, 0xff, 0xff, 0xff, 1, 2, 3}), "frame of 2147483647 bytes"},
		"negative frame":           {rawAnswer([]byte{0xff, 0xff, 0xff, 0xff, 1, 2, 3}), "frame of 4294967295 bytes"},
		"60 MB promised, 3 come":   {rawAnswer([]byte{3, 0x93, 0x87, 0, 1, 2, 3}), "unexpected EOF"},
		"wrong xid":                {answer(make([]byte, 16)), "answer 0 to no question"},
		"two thousand million":     {record([]byte{0x7f, 0xff, 0xff, 0xff}), "vector of 2147483647 items"},
		"negative child count":     {record([]byte{0xff, 0xff, 0xff, 0xfe}), "vector of -2 items"},
		"name longer than frame":   {record([]byte{0, 0, 0, 1, 0x7f, 0xff, 0xff, 0xff}), "bytes wanted"},
		"no record":                {record(nil), "bytes wanted"},
		"event cut short":          {answer(append([]byte{0xff, 0xff, 0xff, 0xff}, make([]byte, 14)...)), "bytes wanted"},
		"closed before the answer": {func(p *peer) { p.welcome(10 * time.Second); p.request(); _ = p.nc.Close() }, "EOF"},
	} {
		t.Run(name, func(t *testing.T) {
			dial(t, Config{}, c.script, func(conn *Conn, err error) {
				if err != nil {
					t.Fatal(err)
				}
				names, err := conn.Children(context.Background(), "/x", true)
				if err == nil || !strings.Contains(err.Error(), c.text) {
					t.Errorf("children %q, error %v, want one with %q", names, err, c.text)
				}
				select {
				case <-conn.Done():
				case <-time.After(5 * time.Second):
					t.Fatal("the connection lives on")
				}
				if _, err := conn.Children(context.Background(), "/x", true); !errors.Is(err, ErrLost) {
					t.Errorf("the next request says %v", err)
				}
			})
		})
	}
}

// Too much is not asked for, and what grew since is not handed out.
func TestDataIsBounded(t *testing.T) {
	stat := func(length int32) []byte {
		b := make([]byte, 0, 68)
		for range 4 {
			b = jute.AppendLong(b, 0)
		}
		b = append(b, make([]byte, 20)...)
		return append(jute.AppendInt(b, length), make([]byte, 12)...)
	}
	data := func(n int) []byte { return append(jute.AppendBuffer(nil, make([]byte, n)), stat(int32(n))...) }
	for name, c := range map[string]struct {
		known  int32
		answer []byte // nil: not asked for
		text   string // of the error; "" for none
		lives  bool
	}{
		"as much as may be":     {10, data(10), "", true},
		"empty":                 {0, data(0), "", true},
		"known to be larger":    {11, nil, "holds 11 bytes; at most 10", true},
		"grew":                  {10, data(11), "holds 11 bytes; at most 10", true},
		"longer than frame":     {10, []byte{0x7f, 0xff, 0xff, 0xff}, "bytes wanted", false},
		"negative":              {10, []byte{0xff, 0xff, 0xff, 0xfe}, "bytes wanted", false},
		"without what is known": {10, jute.AppendBuffer(nil, make([]byte, 3)), "bytes wanted", false},
	} {
		t.Run(name, func(t *testing.T) {
			dial(t, Config{}, func(p *peer) {
				p.welcome(10 * time.Second)
				xid, op := p.request()
				if op != opExists {
					t.Errorf("operation %d", op)
				}
				p.reply(xid, 0, stat(c.known))
				if c.answer == nil {
					return
				}
				xid, op = p.request()
				if op != opGetData {
					t.Errorf("operation %d", op)
				}
				p.reply(xid, 0, c.answer)
			}, func(conn *Conn, err error) {
				if err != nil {
					t.Fatal(err)
				}
				got, err := conn.Data(context.Background(), "/x", 10)
				if c.text == "" && (err != nil || len(got) != int(c.known)) || c.text != "" && (err == nil || !strings.Contains(err.Error(), c.text)) {
					t.Errorf("%d bytes, error %v, want one with %q", len(got), err, c.text)
				}
				if lives := conn.Err() == nil; lives != c.lives {
					t.Errorf("the connection lives: %v", lives)
				}
			})
		})
	}
}

func TestNullVectorIsEmpty(t *testing.T) {
	dial(t, Config{}, func(p *peer) {
		p.welcome(10 * time.Second)
		xid, _ := p.request()
		p.reply(xid, 0, []byte{0xff, 0xff, 0xff, 0xff})
	}, func(c *Conn, err error) {
		if err != nil {
			t.Fatal(err)
		}
		if names, err := c.Children(context.Background(), "/", false); err != nil || len(names) != 0 {
			t.Errorf("children %q, %v", names, err)
		}
	})
}

func TestHandshake(t *testing.T) {
	for name, c := range map[string]struct {
		cfg    Config
		script func(*peer)
		want   error
		text   string
	}{
		"expired":        {Config{SessionID: 5}, func(p *peer) { p.read(); p.frame(make([]byte, 36)) }, ErrExpired, ""},
		"not serving":    {Config{}, func(p *peer) { p.read(); _ = p.nc.Close() }, ErrNotServing, ""},
		"cut short":      {Config{}, func(p *peer) { p.read(); p.frame(make([]byte, 9)) }, jute.ErrShort, "9 bytes"},
		"huge":           {Config{}, func(p *peer) { p.read(); p.raw([]byte{0x7f, 0, 0, 0}) }, nil, "the limit is 1024"},
		"login refused":  {Config{Login: "a:b"}, func(p *peer) { p.welcome(time.Second); p.read(); p.reply(xidAuth, ErrAuthFailed, nil) }, ErrAuthFailed, ""},
		"login nonsense": {Config{Login: "a:b"}, func(p *peer) { p.welcome(time.Second); p.read(); p.reply(9, 0, nil) }, nil, "answer 9"},
	} {
		t.Run(name, func(t *testing.T) {
			dial(t, c.cfg, c.script, func(conn *Conn, err error) {
				if err == nil || c.want != nil && !errors.Is(err, c.want) || !strings.Contains(err.Error(), c.text) {
					t.Errorf("error %v, want %v with %q", err, c.want, c.text)
				}
			})
		})
	}
}

func TestDeadlines(t *testing.T) {
	silent := func(p *peer) {
		for p.read() != nil {
		}
	}
	t.Run("no answer to the handshake", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			start := time.Now()
			dial(t, Config{}, silent, func(_ *Conn, err error) {
				if err == nil || time.Since(start) != 3*time.Second {
					t.Errorf("%v after %v", err, time.Since(start))
				}
			})
		})
	})
	t.Run("a session taken back in silence", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			start := time.Now()
			dial(t, Config{SessionID: 5, Proof: time.Second}, func(p *peer) { p.welcome(6 * time.Second); silent(p) }, func(_ *Conn, err error) {
				if !errors.Is(err, os.ErrDeadlineExceeded) || !strings.Contains(err.Error(), "first ping") || time.Since(start) != time.Second {
					t.Errorf("%v after %v", err, time.Since(start))
				}
			})
		})
	})
	t.Run("silence after the first ping of a session taken back", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			start := time.Now()
			dial(t, Config{SessionID: 5, Proof: time.Second}, func(p *peer) {
				p.welcome(60 * time.Second)
				p.read()
				p.reply(xidPing, 0, nil)
				silent(p)
			}, func(c *Conn, err error) {
				if err != nil {
					t.Fatal(err)
				}
				_, err = c.Exists(context.Background(), "/x", false)
				if took := time.Since(start); !errors.Is(err, ErrLost) || took > 2*time.Second {
					t.Errorf("%v after %v, want about the time of a proof", err, took)
				}
			})
		})
	})
	t.Run("the caller gives up the handshake", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			near, far := net.Pipe()
			go silent(&peer{t, far})
			ctx, cancel := context.WithTimeout(context.Background(), time.Second)
			defer cancel()
			start := time.Now()
			if _, err := Open(ctx, near, Config{}); !errors.Is(err, context.DeadlineExceeded) || time.Since(start) != time.Second {
				t.Errorf("%v after %v", err, time.Since(start))
			}
			_ = far.Close()
		})
	})
	t.Run("silence", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			dial(t, Config{}, func(p *peer) { p.welcome(6 * time.Second); silent(p) }, func(c *Conn, err error) {
				if err != nil {
					t.Fatal(err)
				}
				start := time.Now()
				_, err = c.Exists(context.Background(), "/x", false)
				if took := time.Since(start); !errors.Is(err, ErrLost) || took < 4*time.Second || took > 5*time.Second {
					t.Errorf("%v after %v, want two thirds of the session", err, took)
				}
			})
		})
	})
	t.Run("pings answered, a request not", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			dial(t, Config{}, func(p *peer) {
				p.welcome(6 * time.Second)
				p.request()
				p.request() // answers pings until the client is gone
			}, func(c *Conn, err error) {
				if err != nil {
					t.Fatal(err)
				}
				start := time.Now()
				_, err = c.Exists(context.Background(), "/x", false)
				if took := time.Since(start); err == nil || !strings.Contains(err.Error(), "owes an answer") || took > 6*time.Second {
					t.Errorf("%v after %v", err, took)
				}
			})
		})
	})
	t.Run("an idle hour", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			dial(t, Config{}, func(p *peer) { p.welcome(6 * time.Second); p.request() }, func(c *Conn, err error) {
				if err != nil {
					t.Fatal(err)
				}
				time.Sleep(time.Hour)
				if err := c.Err(); err != nil {
					t.Errorf("pings were answered, but: %v", err)
				}
			})
		})
	})
	t.Run("the caller gives up a request", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			dial(t, Config{}, func(p *peer) {
				p.welcome(60 * time.Second)
				first, _ := p.request()
				second, _ := p.request()
				p.reply(first, ErrNoNode, nil)
				p.reply(second, ErrNodeExists, nil)
			}, func(c *Conn, err error) {
				if err != nil {
					t.Fatal(err)
				}
				ctx, cancel := context.WithTimeout(context.Background(), time.Second)
				defer cancel()
				if _, err := c.Exists(ctx, "/x", false); !errors.Is(err, context.DeadlineExceeded) {
					t.Errorf("the first says %v", err)
				}
				// The late answer to the first is not taken for the second's.
				if err := c.Create(context.Background(), "/x", false); !errors.Is(err, ErrNodeExists) {
					t.Errorf("the second says %v", err)
				}
			})
		})
	})
}

func TestEventsComeBeforeLaterAnswers(t *testing.T) {
	var events []Event
	dial(t, Config{Events: func(e Event) { events = append(events, e) }}, func(p *peer) {
		p.welcome(10 * time.Second)
		xid, _ := p.request()
		b := jute.AppendLong(jute.AppendInt(nil, xidEvent), -1)
		b = jute.AppendInt(b, 0)
		b = jute.AppendInt(jute.AppendInt(b, int32(NodeChildrenChanged)), 3)
		p.frame(jute.AppendString(b, "/x"))
		p.reply(xid, ErrNoNode, nil)
	}, func(c *Conn, err error) {
		if err != nil {
			t.Fatal(err)
		}
		if _, err := c.Children(context.Background(), "/x", true); !errors.Is(err, ErrNoNode) {
			t.Error(err)
		}
		if len(events) != 1 || events[0] != (Event{NodeChildrenChanged, "/x"}) {
			t.Errorf("events %v", events)
		}
		if c.Zxid() != 7 {
			t.Errorf("zxid %d", c.Zxid())
		}
	})
}

// scripted is a connection whose server's bytes are all there from the start.
type scripted struct {
	net.Conn // nil: what is not below is not called
	in       *bytes.Reader
}

func (s *scripted) Read(p []byte) (int, error)       { return s.in.Read(p) }
func (s *scripted) Write(p []byte) (int, error)      { return len(p), nil }
func (s *scripted) Close() error                     { return nil }
func (s *scripted) SetDeadline(time.Time) error      { return nil }
func (s *scripted) SetWriteDeadline(time.Time) error { return nil }

func FuzzServer(f *testing.F) {
	framed := func(bodies ...[]byte) (out []byte) {
		for _, b := range bodies {
			out = append(jute.AppendInt(out, int32(len(b))), b...)
		}
		return out
	}
	head := jute.AppendInt(jute.AppendLong(jute.AppendInt(nil, 1), 7), 0)
	f.Add(framed(welcomeRecord(time.Second), jute.AppendStrings(bytes.Clone(head), []string{"a", "b"})))
	f.Add(framed(welcomeRecord(time.Second), append(bytes.Clone(head), make([]byte, 68)...)))
	f.Add(framed([]byte{0, 0, 0, 0}))
	f.Fuzz(func(t *testing.T, in []byte) {
		for _, login := range []string{"", "a:b"} {
			c, err := Open(context.Background(), &scripted{in: bytes.NewReader(in)}, Config{Login: login, MaxFrame: 1 << 20})
			if err != nil {
				continue
			}
			ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
			_, _ = c.Children(ctx, "/x", true)
			_, _ = c.Exists(ctx, "/x", true)
			_ = c.Replace(ctx, "/x", true)
			_ = c.Create(ctx, "/x", true)
			if ctx.Err() != nil {
				t.Error("a request outlived its connection")
			}
			cancel()
			c.Close()
		}
	})
}

func FuzzMulti(f *testing.F) {
	f.Add([]byte{0, 0, 0, 2, 0, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 1, 0xff, 0xff, 0xff, 0xff})
	f.Add([]byte{0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0x9b, 0xff, 0xff, 0xff, 0xff, 1, 0xff, 0xff, 0xff, 0xff})
	f.Fuzz(func(t *testing.T, in []byte) {
		d := jute.NewDecoder(in)
		if code := readMulti(&d); code != 0 && d.Err() != nil {
			t.Errorf("both the code %d and the error %v", code, d.Err())
		}
	})
}

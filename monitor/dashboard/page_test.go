package dashboard_test

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/browser"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/chromedp"
	"go.uber.org/goleak"

	"github.com/gubbo/gubbo/api"
	"github.com/gubbo/gubbo/internal/require"
	"github.com/gubbo/gubbo/monitor"
	"github.com/gubbo/gubbo/monitor/node"
	"github.com/gubbo/gubbo/monitor/store"
	"github.com/gubbo/gubbo/registry"
	"github.com/gubbo/gubbo/registry/registrytest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// Names that would do harm if one of them became markup.
const (
	hostile     = `lab.<img src=x onerror=document.title='pwned'>`
	application = `<script>document.title='pwned'</script>`
	method      = `say"><b class=pwned>`
)

// keep writes minutes of both sides, one of them without a call, one missing,
// and a last word that nothing follows: two gaps.
func keep(t *testing.T, dir string, now time.Time) {
	db, err := store.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	var latency monitor.Histogram
	latency.Record(1500)
	minute := monitor.MinuteOf(now)
	who := monitor.Reporter{Application: application, Instance: "host<i>", Boot: "b", Started: (minute - 9) * 60_000}
	for i, m := range []int64{-9, -8, -7, -5, -4, -3} {
		b := &monitor.Batch{Reporter: who, Minute: minute + m, Seq: m + 10, Rev: int64(i + 1), Through: (minute + m + 1) * 60_000, Every: 60_000, Sealed: true}
		for _, side := range []api.Side{api.ConsumerSide, api.ProviderSide} {
			if m == -4 {
				break // nobody called
			}
			r := monitor.Row{Series: monitor.Series{Side: side, Application: application, Service: api.Service{Interface: hostile}, Method: method}, Minute: b.Minute, Rev: b.Rev, Latency: latency.Append(nil)}
			r.Calls[api.ClassSuccess], r.Calls[api.ClassTimeout], r.MaxElapsed = 1000, 7, 1500
			b.Rows = append(b.Rows, r)
		}
		if err := db.Write(t.Context(), b.Through+1000, b); err != nil {
			t.Fatal(err)
		}
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
}

func register(t *testing.T, reg registry.Registry) {
	params := map[string]string{"application": application, "interface": hostile, "weight": "250", "pid": "4711"}
	provider := api.NewURL("dubbo", "192.0.2.7", 20880, hostile, params)
	params["category"] = "consumers"
	for _, u := range []api.URL{provider, api.NewURL("consumer", "192.0.2.8", 0, hostile, params)} {
		if _, err := reg.Register(u); err != nil {
			t.Fatal(err)
		}
	}
}

// serve runs a monitor until the test ends and returns its address.
func serve(t *testing.T, reg registry.Registry, dir string) string {
	n, err := node.New(node.Config{Registry: reg, Dir: dir, HTTP: "127.0.0.1:0", Logger: slog.New(slog.NewTextHandler(io.Discard, nil))})
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- n.Run(ctx) }()
	t.Cleanup(func() {
		stop()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	select {
	case <-n.Ready():
	case err := <-done:
		done <- nil
		t.Fatalf("the monitor ended: %v", err)
	}
	return n.URL()
}

// open starts a browser and returns the context of its one tab.
func open(t *testing.T) context.Context {
	path := require.Chromium(t)
	opts := []chromedp.ExecAllocatorOption{chromedp.ExecPath(path), chromedp.Headless, chromedp.NoSandbox, chromedp.NoFirstRun, chromedp.UserDataDir(t.TempDir())}
	for _, name := range []string{"disable-gpu", "disable-quic", "disable-background-networking", "disable-component-update", "disable-sync", "disable-dev-shm-usage"} {
		opts = append(opts, chromedp.Flag(name, true))
	}
	alloc, stop := chromedp.NewExecAllocator(context.Background(), opts...)
	ctx, cancel := chromedp.NewContext(alloc)
	t.Cleanup(func() {
		wait, give := context.WithTimeout(ctx, time.Minute)
		defer give()
		if err := chromedp.Cancel(wait); err != nil {
			t.Errorf("the browser did not end: %v", err)
		}
		cancel()
		stop()
	})
	if err := chromedp.Do(ctx); err != nil { // starts it
		t.Fatal(err)
	}
	v, err := cdp.Call(ctx, chromedp.FromContext(ctx).Browser, browser.GetVersion, cdp.Empty{})
	if err != nil {
		t.Fatal(err)
	}
	require.Ran(t, require.SuiteChromium, v.Product)
	return ctx
}

// page is what a test wants to know of the page at one moment.
type page struct {
	Title    string
	Text     string
	Injected int // elements that only a name could have made
	Charts   int
	Lines    int
	Gaps     int
	Wide     int // pixels by which the page is too wide
	Errors   string
}

const look = `({
	Title: document.title, Text: document.body.innerText,
	Injected: document.querySelectorAll('main img, main script, main b.pwned, main i').length,
	Charts: document.querySelectorAll('figure svg').length, Lines: document.querySelectorAll('svg .line').length, Gaps: document.querySelectorAll('svg .gap').length,
	Wide: document.documentElement.scrollWidth - document.documentElement.clientWidth,
	Errors: document.getElementById('status').textContent,
})`

func TestThePage(t *testing.T) {
	dir := t.TempDir()
	now := time.Now()
	keep(t, dir, now)
	memory := &registrytest.Memory{}
	reg := memory.Open()
	defer reg.Close()
	register(t, reg)
	url := serve(t, reg, dir)
	tab := open(t)
	ctx, cancel := context.WithTimeout(tab, time.Minute)
	defer cancel()
	console := chromedp.Console(ctx)

	see := func(where string, contains ...string) {
		t.Helper()
		p, err := chromedp.Run(ctx, chromedp.Evaluate[page](look))
		if err != nil {
			t.Fatal(err)
		}
		if p.Injected != 0 || p.Title != "gubbo monitor" {
			t.Errorf("%s: a name became markup: %+v", where, p)
		}
		if p.Charts != 4 || p.Lines < 10 || p.Gaps != 4*2 {
			t.Errorf("%s: %d charts, %d lines, %d gaps; want 4 charts with two gaps each", where, p.Charts, p.Lines, p.Gaps)
		}
		if p.Wide > 0 || !strings.Contains(p.Errors, "registry connected") {
			t.Errorf("%s: %d px too wide, status %q", where, p.Wide, p.Errors)
		}
		for _, s := range contains {
			if !strings.Contains(p.Text, s) {
				t.Errorf("%s: no %q in\n%s", where, s, p.Text)
			}
		}
	}
	everywhere := []string{hostile, application, "host<i>", "192.0.2.7:20880", "192.0.2.8", "250", "up", "4711", "5,035", "1.5 ms", "minutes never came", "silent"}
	if err := chromedp.Do(ctx, chromedp.Navigate(url), chromedp.WaitReady(chromedp.CSS("svg .line"))); err != nil {
		t.Fatal(err)
	}
	see("overview", everywhere...)
	// In one step: the page draws itself anew each 5 s, and a link that is looked
	// up before and clicked after is gone.
	if _, err := chromedp.Run(ctx, chromedp.Evaluate[bool](`document.querySelector('h2 a').click(), true`)); err != nil {
		t.Fatal(err)
	}
	if err := chromedp.Do(ctx, chromedp.WaitReady(chromedp.CSS("h1"))); err != nil {
		t.Fatal(err)
	}
	see("service", append(everywhere, method, "timeout 35")...)

	// A minute that is pointed at in one chart is read in all four. Which one it
	// is says the chart: the span goes on with the clock.
	const pointer = `Object.fromEntries([...Array(15).keys()].map(i => {
		const plot = document.querySelector('figure svg'), box = plot.getBoundingClientRect();
		plot.dispatchEvent(new PointerEvent('pointermove', { clientX: box.left + box.width * (i + .5) / 15, clientY: box.top + 5 }));
		const on = [...document.querySelectorAll('figure')].filter(f => f.querySelector('.cross.on'));
		return [on[0].querySelector('.when').textContent.slice(0, 5), on.map(f => f.querySelector('.key b').textContent).join(' ')];
	}))`
	read, err := chromedp.Run(ctx, chromedp.Evaluate[map[string]string](pointer))
	if err != nil {
		t.Fatal(err)
	}
	for ago, want := range map[int]string{9: "1,007 7 1.5 ms 1.5 ms", 6: "– – – –", 4: "0 0 – –", 2: "– – – –"} {
		minute := now.Add(time.Duration(-ago) * time.Minute).Format("15:04")
		if read[minute] != want {
			t.Errorf("pointing at %s shows %q, want %q, in %q", minute, read[minute], want, read)
		}
	}

	// What the page has to say comes before this.
	if _, err := chromedp.Run(ctx, chromedp.Evaluate[bool](`console.log('the end'), true`)); err != nil {
		t.Fatal(err)
	}
	for m, err := range console {
		if err != nil {
			t.Fatal(err)
		}
		if m.Text == "the end" {
			break
		}
		t.Errorf("the console says %v (%s:%d)", m, m.URL, m.Line)
	}
}

// An empty monitor says what will make it less so.
func TestThePageOfAnEmptyMonitor(t *testing.T) {
	url := serve(t, nil, t.TempDir())
	tab := open(t)
	ctx, cancel := context.WithTimeout(tab, time.Minute)
	defer cancel()
	if err := chromedp.Do(ctx, chromedp.Navigate(url), chromedp.WaitReady(chromedp.CSS("section h2"))); err != nil {
		t.Fatal(err)
	}
	p, err := chromedp.Run(ctx, chromedp.Evaluate[page](look))
	if err != nil || !strings.Contains(p.Text, "No services are known") || !strings.Contains(p.Errors, "without a registry") {
		t.Errorf("an empty monitor shows %+v %v", p, err)
	}
}

func TestThePolicy(t *testing.T) {
	url := serve(t, nil, t.TempDir())
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	for _, path := range []string{"", "app.js", "style.css", "api/v1/services"} {
		r, err := client.Get(url + path)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(r.Body)
		r.Body.Close()
		policy := r.Header.Get("Content-Security-Policy")
		if err != nil || r.StatusCode != 200 || !strings.Contains(policy, "default-src 'none'; script-src 'self'") || strings.Contains(policy, "unsafe") {
			t.Errorf("%q: %d, policy %q, %v", path, r.StatusCode, policy, err)
		}
		if path == "" && (strings.Contains(string(body), "<script>") || strings.Contains(string(body), "style=") || strings.Contains(string(body), "//")) {
			t.Error("the page holds inline code or names another host")
		}
	}
}

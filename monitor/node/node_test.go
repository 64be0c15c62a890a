package node

import (
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/gubbo/gubbo/api"
	"github.com/gubbo/gubbo/monitor"
	"github.com/gubbo/gubbo/monitor/report"
	"github.com/gubbo/gubbo/monitor/store"
)

func TestMain(m *testing.M) {
	goleak.VerifyTestMain(m)
}

var quiet = slog.New(slog.NewTextHandler(io.Discard, nil))

func run(t *testing.T, c Config) (*Node, func()) {
	t.Helper()
	c.Logger = quiet
	n, err := New(c)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- n.Run(ctx) }()
	select {
	case <-n.Ready():
	case err := <-done:
		t.Fatalf("Run ended: %v", err)
	}
	return n, func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
}

func get(t *testing.T, url string, status int, into any) string {
	t.Helper()
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	r, err := client.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	body, err := io.ReadAll(r.Body)
	if err != nil || r.StatusCode != status {
		t.Fatalf("%s: %d %s %v", url, r.StatusCode, body, err)
	}
	if into != nil {
		if err := json.Unmarshal(body, into); err != nil {
			t.Fatal(err)
		}
	}
	return string(body)
}

// Over a real connection: count, report, store, ask; then the same store in a
// new node.
func TestReportedCallsCanBeAskedFor(t *testing.T) {
	dir := t.TempDir()
	n, stop := run(t, Config{Dir: dir, HTTP: "127.0.0.1:0"})
	r := report.New(nil, "shop", report.Address(n.ReportURL()), report.Instance("one"), report.Logger(quiet))
	service, method := &api.Service{Interface: "lab.Greeter", Version: "1.0.0"}, &api.Method{Name: "sayHello"}
	for i := range 10 {
		o := &api.Observation{Side: api.ConsumerSide, Scope: api.CallScope, Service: service, Method: method, Start: time.Now(), Elapsed: time.Millisecond, PeerApplication: "greet"}
		if i == 0 {
			o.Err = api.NewError(api.Timeout, api.SentMaybe, "", nil)
		}
		r.Begin(o)
		r.End(o)
	}
	if err := r.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	check := func(base string) {
		var a statisticsAnswer
		to := time.Now().Add(2 * time.Minute).UTC().Format(time.RFC3339)
		get(t, base+"api/v1/statistics?service=lab.Greeter:1.0.0&side=consumer&method=sayHello&to="+to, 200, &a)
		var success, failure int64
		for _, row := range a.Rows {
			success += row.Success
			failure += row.Failure
		}
		if success != 9 || failure != 1 || a.Rows[0].P50 > 1.05 || a.Rows[0].P50 < 0.95 || a.Rows[0].Application != "shop" || len(a.Gaps) != 0 {
			t.Errorf("answer %+v", a)
		}
		var reps reportersAnswer
		get(t, base+"api/v1/reporters", 200, &reps)
		if len(reps.Reporters) != 1 || reps.Reporters[0].State != ended || reps.Reporters[0].Boot != r.ID().Boot {
			t.Errorf("reporters %+v", reps)
		}
	}
	check(n.URL())
	stop()
	n, stop = run(t, Config{Dir: dir, HTTP: "127.0.0.1:0"})
	check(n.URL())
	for query, name := range map[string]string{
		"statistics?side=left": `\"side\"`, "statistics?from=yesterday": `\"from\"`, "statistics?colour=red": `\"colour\"`,
		"statistics?by=minute,shoe": `shoe`, "statistics?method=a&method=b": `\"method\"`, "services?x=1": `\"x\"`, "gaps?to=-1": `\"to\"`,
	} {
		if body := get(t, n.URL()+"api/v1/"+query, 400, nil); !strings.Contains(body, name) {
			t.Errorf("%s: %s does not name %s", query, body, name)
		}
	}
	other, err := New(Config{Dir: t.TempDir(), HTTP: strings.TrimSuffix(strings.TrimPrefix(n.URL(), "http://"), "/"), Logger: quiet})
	if err != nil {
		t.Fatal(err)
	}
	if err := other.Run(t.Context()); err == nil || !strings.Contains(err.Error(), "--http") {
		t.Errorf("a port in use: %v", err)
	}
	stop()
}

// A process said that it is there and was killed before its first minute
// ended: from its start on nothing is known of it.
func TestAProcessKilledInItsFirstMinuteLeavesAGap(t *testing.T) {
	const minute = 29_600_000
	started := int64(minute*60_000 + 12_000)
	hello := store.Heard{Reporter: monitor.Reporter{Application: "shop", Instance: "one", Boot: "a", Started: started},
		Minute: minute, Seq: 1, Rev: 1, Through: started, Every: 70_000, Received: started}
	known := newReporters([]store.Heard{hello})
	gaps := func(after time.Duration) []Gap {
		return gapsOf(known.at(time.UnixMilli(started).Add(after)), []store.Heard{hello}, minute-10, minute+10)
	}
	if g := gaps(70 * time.Second); len(g) != 0 {
		t.Errorf("before its word is due: %+v", g)
	}
	want := Gap{Reporter: hello.Reporter, From: started, Reason: "silent"}
	if g := gaps(80 * time.Second); len(g) != 1 || g[0] != want {
		t.Errorf("after: %+v, want %+v", g, want)
	}
	next := hello
	next.Reporter.Boot, next.Reporter.Started = "b", started+90_000
	next.Minute, next.Through, next.Received = minute+1, started+90_000, started+90_000
	known.note(next)
	want.To = next.Reporter.Started
	if g := gaps(100 * time.Second); len(g) != 1 || g[0] != want {
		t.Errorf("after a new process took its place: %+v, want %+v", g, want)
	}
}

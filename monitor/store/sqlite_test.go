package store

import (
	"bufio"
	"context"
	"database/sql"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/gubbo/gubbo/api"
	"github.com/gubbo/gubbo/monitor"
)

func TestMain(m *testing.M) {
	if dir := os.Getenv("GUBBO_STORE_CHILD"); dir != "" {
		child(dir)
		return
	}
	goleak.VerifyTestMain(m)
}

const minute = 29_600_000 // some minute of 2026

func reporter(n int) monitor.Reporter {
	return monitor.Reporter{Application: "shop", Instance: fmt.Sprint("host", n), Boot: fmt.Sprint("boot", n), Started: minute * 60000}
}

func batch(rep int, m, rev, calls int64, methods ...string) *monitor.Batch {
	b := &monitor.Batch{Reporter: reporter(rep), Minute: m, Rev: rev, Seq: 1, Through: (m + 1) * 60000, Sealed: true}
	for _, name := range methods {
		var h monitor.Histogram
		h.Record(uint64(calls))
		r := monitor.Row{Minute: m, Rev: rev, Latency: h.Append(nil), Series: monitor.Series{
			Side: api.ConsumerSide, Application: "shop", Service: api.Service{Interface: "lab.Greeter", Version: "1"}, Method: name, Peer: "greet"}}
		r.Calls[api.ClassSuccess] = calls
		r.Calls[api.ClassTimeout] = 1
		r.Attempts, r.Elapsed, r.MaxElapsed, r.Concurrency, r.MaxConcurrency, r.BytesIn, r.BytesOut = calls+1, 3, 2, 5, 4, 6, 7
		b.Rows = append(b.Rows, r)
	}
	return b
}

func open(t testing.TB, dir string) *SQLite {
	t.Helper()
	s, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func write(t testing.TB, s Store, batches ...*monitor.Batch) {
	t.Helper()
	if err := s.Write(context.Background(), 0, batches...); err != nil {
		t.Fatal(err)
	}
}

func rows(t testing.TB, s Store, q Query) []Row {
	t.Helper()
	var all []Row
	if err := s.Rows(context.Background(), q, func(r *Row) bool { all = append(all, *r); return true }); err != nil {
		t.Fatal(err)
	}
	return all
}

func all(from, to int64) Query { return Query{From: from, To: to} }

func TestARowComesBackAsItWas(t *testing.T) {
	s := open(t, t.TempDir())
	b := batch(1, minute, 7, 41, "sayHello")
	write(t, s, b)
	got := rows(t, s, all(minute, minute+1))
	if len(got) != 1 || fmt.Sprint(got[0].Row) != fmt.Sprint(b.Rows[0]) || got[0].Reporter != b.Reporter {
		t.Fatalf("got %+v\nwant %+v", got, b.Rows)
	}
	heard, err := s.Heard(context.Background(), minute, minute+1)
	if err != nil || len(heard) != 1 || heard[0].Reporter != b.Reporter || heard[0].Through != b.Through || !heard[0].Sealed || heard[0].Final {
		t.Fatalf("heard %+v, %v", heard, err)
	}
}

// Batches of rising revisions, each sent one to three times, in any order: the
// highest counts, once.
func TestTheHighestRevisionCountsOnce(t *testing.T) {
	s := open(t, t.TempDir())
	r := rand.New(rand.NewPCG(1, 1))
	var sent []*monitor.Batch
	for rev := int64(1); rev <= 20; rev++ {
		for range 1 + r.IntN(3) {
			sent = append(sent, batch(1, minute, rev, 100+rev, "a", "b"))
		}
	}
	r.Shuffle(len(sent), func(i, j int) { sent[i], sent[j] = sent[j], sent[i] })
	for _, b := range sent {
		write(t, s, b)
	}
	got := rows(t, s, all(minute, minute+1))
	if len(got) != 2 {
		t.Fatalf("%d rows, want 2", len(got))
	}
	for _, row := range got {
		if row.Rev != 20 || row.Calls[api.ClassSuccess] != 120 {
			t.Errorf("row %+v, want revision 20 with 120 calls", row)
		}
	}
	// Another boot of the same instance overwrites nothing.
	other := batch(1, minute, 1, 5, "a")
	other.Reporter.Boot = "later"
	write(t, s, other)
	if got := rows(t, s, all(minute, minute+1)); len(got) != 3 {
		t.Errorf("%d rows after a restart of the reporter, want 3", len(got))
	}
}

func TestQueriesSelect(t *testing.T) {
	s := open(t, t.TempDir())
	for m := range int64(10) {
		write(t, s, batch(1, minute+m, 1, m, "a", "b"), batch(2, minute+m, 1, m, "a"))
	}
	str := func(s string) *string { return &s }
	for _, c := range []struct {
		name string
		q    Query
		want int
	}{
		{"all", all(minute, minute+10), 30},
		{"three minutes", all(minute+2, minute+5), 9},
		{"nothing", all(minute+5, minute+5), 0},
		{"backwards", all(minute+5, minute+2), 0},
		{"method", Query{From: minute, To: minute + 10, Method: str("b")}, 10},
		{"side", Query{From: minute, To: minute + 10, Side: str("provider")}, 0},
		{"several", Query{From: minute, To: minute + 10, Side: str("consumer"), Application: str("shop"), Interface: str("lab.Greeter"), Group: str(""), Version: str("1"), Method: str("a"), Peer: str("greet")}, 20},
		{"a quote is a letter", Query{From: minute, To: minute + 10, Method: str(`a" OR "1"="1`)}, 0},
	} {
		got := rows(t, s, c.q)
		if len(got) != c.want {
			t.Errorf("%s: %d rows, want %d", c.name, len(got), c.want)
		}
		for i := 1; i < len(got); i++ {
			if got[i].Minute < got[i-1].Minute {
				t.Errorf("%s: minutes out of order", c.name)
			}
		}
	}
	n := 0
	if err := s.Rows(context.Background(), everythingFrom(minute), func(*Row) bool { n++; return n < 4 }); err != nil || n != 4 {
		t.Errorf("a reader that stops after 4 saw %d, %v", n, err)
	}
}

func everythingFrom(m int64) Query { return all(m, m+2*minutesPerDay) }

func TestDaysAreFilesThatExpire(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir)
	day := int64(minute/minutesPerDay) * minutesPerDay
	for d := range int64(4) {
		write(t, s, batch(1, day+d*minutesPerDay+minutesPerDay-1, 1, d, "a"))
	}
	if got := rows(t, s, all(day, day+4*minutesPerDay)); len(got) != 4 || got[3].Calls[0] != 3 {
		t.Fatalf("rows over days: %+v", got)
	}
	if err := s.Expire(context.Background(), day+2*minutesPerDay+17); err != nil {
		t.Fatal(err)
	}
	if got := rows(t, s, all(day, day+4*minutesPerDay)); len(got) != 2 || got[0].Calls[0] != 2 {
		t.Errorf("after Expire: %+v", got)
	}
	files, err := filepath.Glob(filepath.Join(dir, "*.db*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if strings.Contains(f, fileOfDay(day/minutesPerDay)) {
			t.Errorf("%s is still there", f)
		}
	}
}

// A range costs what the days in it hold, not how long it is.
func TestARangeWithoutEnd(t *testing.T) {
	s := open(t, t.TempDir())
	write(t, s, batch(1, minute, 1, 3, "a", "b"), batch(1, minute+minutesPerDay, 1, 4, "a"))
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second) // of milliseconds needed
	defer cancel()
	name := "a"
	for _, c := range []struct {
		query Query
		want  int
	}{
		{all(math.MinInt64, math.MaxInt64), 3},
		{all(minute+1, math.MaxInt64), 1},
		{all(math.MinInt64, minute+1), 2},
		{all(math.MaxInt64, math.MinInt64), 0},
		{Query{From: math.MinInt64, To: math.MaxInt64, Method: &name}, 2},
	} {
		n, last := 0, int64(0)
		err := s.Rows(ctx, c.query, func(r *Row) bool {
			if r.Minute < last {
				t.Errorf("minute %d came after %d", r.Minute, last)
			}
			last = r.Minute
			n++
			return true
		})
		if err != nil || n != c.want {
			t.Errorf("%+v: %d rows, %v; want %d", c.query, n, err, c.want)
		}
	}
	heard, err := s.Heard(ctx, math.MinInt64, math.MaxInt64)
	if err != nil || len(heard) != 2 {
		t.Errorf("heard %+v, %v", heard, err)
	}
}

func TestRestartKeepsEverything(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir)
	write(t, s, batch(1, minute, 2, 10, "a"))
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if err := s.Write(context.Background(), 0, batch(1, minute, 3, 10, "a")); err == nil {
		t.Error("a closed store took a batch")
	}
	s = open(t, dir)
	write(t, s, batch(1, minute, 1, 99, "a"), batch(1, minute, 3, 11, "a"))
	if got := rows(t, s, all(minute, minute+1)); len(got) != 1 || got[0].Calls[0] != 11 {
		t.Errorf("rows %+v", got)
	}
}

func TestADirectoryHasOneMonitor(t *testing.T) {
	dir := t.TempDir()
	open(t, dir)
	if _, err := Open(dir); err == nil || !strings.Contains(err.Error(), dir) {
		t.Errorf("second Open: %v, want an error that names the directory", err)
	}
}

func TestAFileThatIsNone(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, fileOfDay(20000))
	if err := os.WriteFile(path, []byte(strings.Repeat("no database", 1000)), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(dir); err == nil || !strings.Contains(err.Error(), path) {
		t.Errorf("Open: %v, want an error that names %s", err, path)
	}
}

func TestAFileOfALaterGubboIsRefused(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir)
	write(t, s, batch(1, minute, 1, 1, "a"))
	if _, err := s.days[minute/minutesPerDay].db.Exec("PRAGMA user_version = 99"); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(dir); err == nil || !strings.Contains(err.Error(), "99") {
		t.Errorf("Open: %v", err)
	}
}

func TestACollisionOfKeysIsRefused(t *testing.T) {
	s := open(t, t.TempDir())
	b := batch(1, minute, 1, 1, "a")
	write(t, s, b)
	d := s.days[minute/minutesPerDay]
	if _, err := d.db.Exec("INSERT INTO series SELECT ?, side, application, interface, \"group\", version, 'another', peer FROM series", seriesID(&batch(1, 0, 0, 0, "b").Rows[0].Series)); err != nil {
		t.Fatal(err)
	}
	if err := s.Write(context.Background(), 0, batch(1, minute, 2, 50, "a", "b")); err == nil || !strings.Contains(err.Error(), "another series") {
		t.Errorf("Write: %v", err)
	}
	if got := rows(t, s, all(minute, minute+1)); len(got) != 1 || got[0].Rev != 1 {
		t.Errorf("half of a refused write is there: %+v", got)
	}
	write(t, s, batch(1, minute, 3, 51, "a"))
}

func TestManyWritersAndReaders(t *testing.T) {
	s := open(t, t.TempDir())
	var wg sync.WaitGroup
	for w := range 4 {
		wg.Go(func() {
			for m := range int64(20) {
				write(t, s, batch(w, minute+m, 1, m, "a", "b", "c"))
			}
		})
		wg.Go(func() {
			for range 20 {
				rows(t, s, all(minute, minute+20))
			}
		})
	}
	wg.Wait()
	if got := rows(t, s, all(minute, minute+20)); len(got) != 4*20*3 {
		t.Errorf("%d rows, want %d", len(got), 4*20*3)
	}
}

// child writes batches for ever and tells of each that Write said is durable;
// in the middle of another transaction it says so and waits to be killed.
func child(dir string) {
	s, err := Open(dir)
	if err != nil {
		panic(err)
	}
	for m := range int64(25) {
		if err := s.Write(context.Background(), 0, batch(1, minute+m, 1, m, "a", "b")); err != nil {
			panic(err)
		}
		fmt.Println("durable", m)
	}
	tx, err := s.days[minute/minutesPerDay].db.BeginTx(context.Background(), &sql.TxOptions{})
	if err != nil {
		panic(err)
	}
	if _, err := tx.Exec("UPDATE stat SET success = success + 1000"); err != nil {
		panic(err)
	}
	fmt.Println("inside")
	select {}
}

func TestKilledBetweenWriteAndCommit(t *testing.T) {
	dir := t.TempDir()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), "GUBBO_STORE_CHILD="+dir)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	durable, inside := 0, false
	lines := bufio.NewScanner(out)
	for !inside && lines.Scan() {
		if inside = lines.Text() == "inside"; !inside {
			durable++
		}
	}
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait() // it was killed: an error is right
	if !inside || durable != 25 {
		t.Fatalf("the child wrote %d batches, inside a transaction: %v", durable, inside)
	}
	s := open(t, dir)
	got := rows(t, s, all(minute, minute+100))
	if len(got) != 2*durable {
		t.Fatalf("%d rows, want the %d that were durable", len(got), 2*durable)
	}
	for _, r := range got {
		if r.Calls[0] != r.Minute-minute {
			t.Errorf("row %+v holds what was never committed", r)
		}
	}
	write(t, s, batch(1, minute, 2, 77, "a"))
}

func BenchmarkWrite1000Rows(b *testing.B) {
	s := open(b, b.TempDir())
	methods := make([]string, 1000)
	for i := range methods {
		methods[i] = fmt.Sprint("method", i)
	}
	m := int64(minute)
	for b.Loop() {
		write(b, s, batch(1, m, 1, 100, methods...))
		m++
	}
}

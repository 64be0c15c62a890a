package statistics

import (
	"reflect"
	"strings"
	"testing"

	"github.com/gubbo/gubbo/api"
	"github.com/gubbo/gubbo/monitor"
	"github.com/gubbo/gubbo/protocol/hessian"
)

// full is a batch in which every field has a value of its own.
func full() *monitor.Batch {
	row := monitor.Row{
		Series: monitor.Series{Side: api.ProviderSide, Application: "shop", Service: api.Service{Interface: "a.B", Group: "g", Version: "1"}, Method: "m", Peer: "p"},
		Minute: 30_000_000, Rev: 7,
		Counts: monitor.Counts{Attempts: 9, Elapsed: 10, MaxElapsed: 11, Concurrency: 12, MaxConcurrency: 13, BytesIn: 14, BytesOut: 15},
	}
	var h monitor.Histogram
	for c := range row.Calls {
		row.Calls[c] = int64(c) + 1
		for range c + 1 {
			h.Record(uint64(c) * 1000)
		}
	}
	row.Latency = h.Append(nil)
	other := row
	other.Series.Side = api.ConsumerSide
	return &monitor.Batch{
		Reporter: monitor.Reporter{Application: "shop", Instance: "host", Boot: "b", Started: 3},
		Minute:   30_000_000, Seq: 5, Rev: 7, Through: 30_000_000*60_000 + 9, Sealed: true, Final: true, Every: 70_000, Dropped: 2,
		Rows: []monitor.Row{row, other},
	}
}

func TestWhatIsSentIsTaken(t *testing.T) {
	want := full()
	got, err := FromBatch(want).ToBatch()
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, %v\nwant %+v", got, err, want)
	}
}

func TestWhatIsWrongIsNamed(t *testing.T) {
	for want, spoil := range map[string]func(*Batch){
		"application is empty":             func(b *Batch) { b.Application = "" },
		`instance "xxx`:                    func(b *Batch) { b.Instance = strings.Repeat("x", monitor.MaxName+1) },
		"boot is empty":                    func(b *Batch) { b.Boot = "" },
		"seq -1 is out of range":           func(b *Batch) { b.Seq = -1 },
		"dropped 562949953421312":          func(b *Batch) { b.Dropped = 1 << 49 },
		"more than 20000":                  func(b *Batch) { b.Rows = make([]*Row, maxRows+1) },
		"lies outside of minute":           func(b *Batch) { b.Through += 60_000 },
		"row is null (row 1)":              func(b *Batch) { b.Rows[1] = nil },
		"comes twice (row 1)":              func(b *Batch) { b.Rows[1] = b.Rows[0] },
		"service is empty (row 0)":         func(b *Batch) { b.Rows[0].Service = "" },
		"method is empty (row 1)":          func(b *Batch) { b.Rows[1].Method = "" },
		`peer "xxx`:                        func(b *Batch) { b.Rows[0].Peer = strings.Repeat("x", monitor.MaxName+1) },
		"maxElapsed -5 is out of range":    func(b *Batch) { b.Rows[0].MaxElapsed = -5 },
		`side is "both"`:                   func(b *Batch) { b.Rows[0].Side = "both" },
		"latency counts 36 calls, the row": func(b *Batch) { b.Rows[0].Success++ },
		"histogram":                        func(b *Batch) { b.Rows[0].Latency = []byte{255} },
	} {
		b := FromBatch(full())
		spoil(b)
		if _, err := b.ToBatch(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want an error with %q", err, want)
		}
	}
	if _, err := (*Batch)(nil).ToBatch(); err == nil || !strings.Contains(err.Error(), "batch is null") {
		t.Errorf("null: %v", err)
	}
}

// FuzzReport takes what bytes from outside decode to: what is taken goes back
// to the same bytes' meaning, and nothing panics.
func FuzzReport(f *testing.F) {
	seed := func(b *Batch) {
		var e hessian.Encoder
		e.Reset(nil)
		(&statisticsServiceReportArgs{b: b}).EncodeHessian(&e)
		f.Add(e.Bytes())
	}
	seed(FromBatch(full()))
	seed(&Batch{})
	seed(nil)
	f.Fuzz(func(t *testing.T, data []byte) {
		var args statisticsServiceReportArgs
		var d hessian.Decoder
		d.Reset(data, statisticsServiceTypes)
		args.DecodeHessian(&d)
		if d.Err() != nil {
			return
		}
		b, err := args.b.ToBatch()
		if err != nil {
			return
		}
		if again, err := FromBatch(b).ToBatch(); err != nil || !reflect.DeepEqual(again, b) {
			t.Errorf("%+v\nbecomes %+v, %v", b, again, err)
		}
	})
}

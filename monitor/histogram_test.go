package monitor

import (
	"bytes"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

func TestBucketsCoverEveryValueOnce(t *testing.T) {
	next := uint64(0)
	for i := range buckets {
		lo, hi := boundsOf(i)
		if lo != next || hi < lo {
			t.Fatalf("bucket %d is [%d,%d], want it to begin at %d", i, lo, hi, next)
		}
		for _, v := range []uint64{lo, (lo + hi) / 2, hi} {
			if got := bucketOf(v); got != i {
				t.Fatalf("bucketOf(%d) = %d, want %d", v, got, i)
			}
		}
		next = hi + 1
	}
	if next != maxValue+1 {
		t.Fatalf("the last bucket ends at %d, want %d", next-1, uint64(maxValue))
	}
	if got := bucketOf(math.MaxUint64); got != buckets-1 {
		t.Fatalf("bucketOf(max) = %d, want the last, %d", got, buckets-1)
	}
}

// The bound holds for every value, whatever the distribution: it is that of a
// bucket's representative against the bucket's two ends.
func TestQuantileErrorOfEveryBucket(t *testing.T) {
	for i := range buckets {
		lo, hi := boundsOf(i)
		for _, v := range []uint64{lo, hi} {
			var h Histogram
			h.Record(v)
			if e := relative(h.Quantile(0.5), v); e > 0.0401 {
				t.Errorf("one value %d comes back as %d: error %.4f", v, h.Quantile(0.5), e)
			}
		}
	}
}

func relative(got, want uint64) float64 {
	if got == want {
		return 0
	}
	return math.Abs(float64(got)-float64(want)) / float64(want)
}

func TestQuantilesOfDistributions(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for name, draw := range map[string]func() float64{
		"uniform":   func() float64 { return r.Float64() * 1e6 },
		"lognormal": func() float64 { return math.Exp(r.NormFloat64()*1.5 + 7) },
		"bimodal":   func() float64 { return []float64{300, 250000}[r.IntN(2)] * (1 + r.Float64()/10) },
		"constant":  func() float64 { return 1024 },
		"small":     func() float64 { return float64(r.IntN(40)) },
	} {
		worst := 0.0
		for range 20 {
			var h Histogram
			values := make([]uint64, 1+r.IntN(5000))
			for i := range values {
				values[i] = uint64(draw())
				h.Record(values[i])
			}
			slices.Sort(values)
			for _, q := range []float64{0, 0.01, 0.5, 0.9, 0.99, 0.999, 1} {
				rank := max(int(math.Ceil(q*float64(len(values)))), 1)
				worst = max(worst, relative(h.Quantile(q), values[rank-1]))
			}
		}
		if worst > 0.042 {
			t.Errorf("%s: worst quantile error %.4f, want at most 0.042", name, worst)
		}
	}
}

func TestHistogramsAddUpExactly(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	var all, merged, added Histogram
	for range 10 {
		var part Histogram
		for range r.IntN(1000) {
			v := uint64(math.Exp(r.Float64() * 30))
			part.Record(v)
			all.Record(v)
		}
		if err := merged.Merge(part.Append(nil)); err != nil {
			t.Fatal(err)
		}
		added.Add(&part)
	}
	if merged != all || added != all {
		t.Fatal("the sum of the parts is not the whole")
	}
	again := merged.Append([]byte("x"))
	if again[0] != 'x' || !bytes.Equal(again[1:], all.Append(nil)) {
		t.Fatal("two equal histograms have two encodings")
	}
	if n, err := CountEncoded(again[1:]); err != nil || n != all.Count() {
		t.Fatalf("CountEncoded = %d, %v, want %d", n, err, all.Count())
	}
}

func TestEmptyHistogram(t *testing.T) {
	var h Histogram
	if h.Quantile(0.99) != 0 || len(h.Append(nil)) != 0 || h.Merge(nil) != nil || h.Count() != 0 {
		t.Fatal("the zero histogram is not empty")
	}
}

func TestMalformedHistograms(t *testing.T) {
	for name, data := range map[string][]byte{
		"cut in the gap":    {0x80},
		"cut in the count":  {0, 0x80},
		"no count":          {1},
		"a count of zero":   {0, 0},
		"beyond the last":   {0xff, 0x7f, 1},
		"sum beyond":        append(bytes.Repeat([]byte{100, 1}, 4), 100, 1),
		"count too high":    {0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f},
		"varint too long":   bytes.Repeat([]byte{0x80}, 11),
		"total beyond 2^48": bytes.Repeat([]byte{0, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x40}, 2),
	} {
		var h Histogram
		h.Record(5)
		before := h
		if err := h.Merge(data); err == nil || h != before {
			t.Errorf("%s: error %v, changed %v; want an error and no change", name, err, h != before)
		}
	}
}

func FuzzHistogram(f *testing.F) {
	var h Histogram
	for i := range uint64(500) {
		h.Record(i * i * i)
	}
	f.Add(h.Append(nil))
	f.Add([]byte{0, 1, 5, 7})
	f.Fuzz(func(t *testing.T, data []byte) {
		var h, again Histogram
		if err := h.Merge(data); err != nil {
			return
		}
		if err := again.Merge(h.Append(nil)); err != nil || again != h {
			t.Fatalf("does not survive its own encoding: %v", err)
		}
		if n, _ := CountEncoded(data); n != h.Count() {
			t.Fatalf("CountEncoded = %d, Count = %d", n, h.Count())
		}
	})
}

func BenchmarkHistogramEncoding(b *testing.B) {
	r := rand.New(rand.NewPCG(5, 6))
	for _, calls := range []int{100, 10000} {
		var h Histogram
		for range calls {
			h.Record(uint64(math.Exp(r.NormFloat64()*0.5 + 6)))
		}
		b.ReportMetric(float64(len(h.Append(nil))), "B/"+map[int]string{100: "100-calls", 10000: "10000-calls"}[calls])
	}
	for b.Loop() {
	}
}

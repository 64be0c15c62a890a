package monitor

import (
	"encoding/binary"
	"errors"
	"math/bits"
)

// A Histogram counts values in log-linear buckets. Values below 16 have a
// bucket each. Above, every octave [2^e, 2^(e+1)) is cut into eight buckets in
// its lower half and four in its upper half, because equal widths would be
// needlessly fine at the top:
//
//	2^e · 16/16 17/16 18/16 … 23/16 | 24/16 26/16 28/16 30/16
//
// A value that Quantile returns is off by less than 1/25, i.e. 4 %. The
// boundaries are fixed, so histograms of any two processes add up exactly.
// Values from 2^36 (19 hours in microseconds) count in the last bucket.
//
// The zero value is empty. A Histogram is not safe for concurrent use.
type Histogram struct {
	total  uint64
	counts [buckets]uint64
}

const (
	exact    = 16 // values with a bucket each
	minExp   = 4  // 2^minExp == exact
	maxExp   = 36
	perHalf  = 8
	perOct   = 12
	buckets  = exact + (maxExp-minExp)*perOct
	maxValue = 1<<maxExp - 1
)

// bucketOf returns the index of the bucket that counts v.
func bucketOf(v uint64) int {
	if v < exact {
		return int(v)
	}
	v = min(v, maxValue)
	e := bits.Len64(v) - 1
	m := int(v >> (e - minExp)) // 16…31
	sub := m - exact
	if sub >= perHalf {
		sub = perHalf + (sub-perHalf)/2
	}
	return exact + (e-minExp)*perOct + sub
}

// boundsOf returns the lowest and the highest value that bucket i counts.
func boundsOf(i int) (lo, hi uint64) {
	if i < exact {
		return uint64(i), uint64(i)
	}
	i -= exact
	e, sub := minExp+i/perOct, i%perOct
	unit := uint64(1) << (e - minExp)
	if sub < perHalf {
		lo = uint64(exact+sub) * unit
		return lo, lo + unit - 1
	}
	lo = uint64(exact+perHalf+(sub-perHalf)*2) * unit
	return lo, lo + 2*unit - 1
}

// Record counts v.
func (h *Histogram) Record(v uint64) {
	h.counts[bucketOf(v)]++
	h.total++
}

// Count returns the number of values.
func (h *Histogram) Count() uint64 { return h.total }

// Reset empties h.
func (h *Histogram) Reset() { *h = Histogram{} }

// Add adds the values of o.
func (h *Histogram) Add(o *Histogram) {
	if o.total == 0 {
		return
	}
	for i, n := range o.counts {
		h.counts[i] += n
	}
	h.total += o.total
}

// Quantile returns the value at or below which the share q (0…1) of all values
// lies, 0 if there are none. The error is less than 4 %.
func (h *Histogram) Quantile(q float64) uint64 {
	if h.total == 0 {
		return 0
	}
	rank := uint64(q * float64(h.total))
	if float64(rank) < q*float64(h.total) || rank == 0 {
		rank++
	}
	rank = min(rank, h.total)
	for i, n := range h.counts {
		if n >= rank {
			lo, hi := boundsOf(i)
			if lo == hi {
				return lo
			}
			// The harmonic mean is as far, in proportion, from both ends.
			return uint64(2*float64(lo)*float64(hi)/float64(lo+hi) + 0.5)
		}
		rank -= n
	}
	return maxValue
}

// Append appends h in the form that is stored and sent: for each bucket that
// is not empty the number of empty ones before it and its count, as uvarints.
// An empty histogram is no bytes.
func (h *Histogram) Append(dst []byte) []byte {
	empty := uint64(0)
	for _, n := range h.counts {
		if n == 0 {
			empty++
			continue
		}
		dst = binary.AppendUvarint(dst, empty)
		dst = binary.AppendUvarint(dst, n)
		empty = 0
	}
	return dst
}

var errHistogram = errors.New("monitor: histogram is malformed")

// Merge adds the values of an encoded histogram. If data is malformed it
// returns an error and leaves h as it was.
func (h *Histogram) Merge(data []byte) error {
	if _, err := walk(data, func(int, uint64) {}); err != nil {
		return err
	}
	total, err := walk(data, func(i int, n uint64) { h.counts[i] += n })
	h.total += total
	return err
}

// CountEncoded returns the number of values in an encoded histogram, or an
// error if it is malformed.
func CountEncoded(data []byte) (uint64, error) { return walk(data, func(int, uint64) {}) }

// maxCount bounds one bucket and the sum of all, so that no sum of what a
// store can hold overflows.
const maxCount = 1 << 48

func walk(data []byte, bucket func(i int, n uint64)) (total uint64, err error) {
	i := 0
	for len(data) > 0 {
		skip, w := binary.Uvarint(data)
		if w <= 0 || skip >= buckets {
			return 0, errHistogram
		}
		n, w2 := binary.Uvarint(data[w:])
		if w2 <= 0 || n == 0 || n > maxCount {
			return 0, errHistogram
		}
		data = data[w+w2:]
		if i += int(skip); i >= buckets {
			return 0, errHistogram
		}
		bucket(i, n)
		i++
		if total += n; total > maxCount {
			return 0, errHistogram
		}
	}
	return total, nil
}

package canon

import (
	"math"
	"math/rand/v2"
	"strings"
	"time"
)

// Random returns a value of the Go types that every library encodes: nil,
// bool, int32, int64, float64, string, []byte, time.Time, []any and
// map[any]any.
func Random(r *rand.Rand, depth int) any {
	kinds := 11
	if depth <= 0 {
		kinds = 9
	}
	switch r.IntN(kinds) {
	case 0:
		return nil
	case 1:
		return r.IntN(2) == 0
	case 2:
		return int32(r.Uint32()) >> r.IntN(32)
	case 3:
		return int64(r.Uint64()) >> r.IntN(64)
	case 4:
		return float64(int64(r.Uint64())>>r.IntN(64)) / float64(int(1)<<r.IntN(12))
	case 5:
		return math.Float64frombits(r.Uint64())
	case 6:
		return strings.Repeat([]string{"a", "é", "漢", "😀", "\x00", "z~"}[r.IntN(6)], r.IntN(1<<r.IntN(9)))
	case 7:
		return []byte(strings.Repeat("\x7f\x00", r.IntN(1<<r.IntN(9))))
	case 8:
		return time.UnixMilli(int64(r.Uint64()) >> (10 + r.IntN(50))).UTC()
	case 9:
		list := make([]any, r.IntN(9))
		for i := range list {
			list[i] = Random(r, depth-1)
		}
		return list
	default:
		m := make(map[any]any)
		switch k := Random(r, 0).(type) { // one, since libraries write maps in any order
		case int32, int64, string, bool:
			m[k] = Random(r, depth-1)
		}
		return m
	}
}

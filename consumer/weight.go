package consumer

import (
	"strconv"
	"time"

	"github.com/gubbo/gubbo/api"
)

const (
	defaultWeight = 100
	defaultWarmup = 10 * time.Minute
)

// configuredWeight is "<method>.weight", else "weight", else 100; negative
// counts as 0.
func configuredWeight(u api.URL, method string) int {
	w, err := strconv.Atoi(u.MethodParam(method, "weight"))
	if err != nil {
		return defaultWeight
	}
	return max(w, 0)
}

// warming is what a provider's warm-up depends on, in milliseconds.
type warming struct{ started, warmup int64 }

func warmingOf(u api.URL) warming {
	started, err := strconv.ParseInt(u.Param("timestamp"), 10, 64)
	if err != nil {
		started = 0
	}
	return warming{started, u.Millis("warmup", defaultWarmup).Milliseconds()}
}

// weight is the share of a provider that was given weight, at now: it grows
// from 1 with the time since the provider started, as Java computes it, in
// 32-bit floats. next is how long until it grows again, 0 if never.
func (w warming) weight(weight int, now time.Time) (_ int, next time.Duration) {
	if weight <= 0 || w.started <= 0 {
		return weight, 0
	}
	uptime := now.UnixMilli() - w.started
	if uptime < 0 { // the clocks disagree: nobody knows when it starts
		return 1, warmTickMax
	}
	if uptime == 0 || uptime >= w.warmup {
		return weight, w.next(weight, uptime)
	}
	step := float32(w.warmup) / float32(weight)
	ww := int(float32(uptime) / step)
	return min(max(ww, 1), weight), w.next(weight, uptime)
}

// Weights follow the clock this coarsely.
const (
	warmTickMin = 50 * time.Millisecond
	warmTickMax = time.Second
)

func (w warming) next(weight int, uptime int64) time.Duration {
	if uptime >= w.warmup {
		return 0
	}
	step := time.Duration(w.warmup) * time.Millisecond / time.Duration(weight)
	return min(max(step, warmTickMin), warmTickMax)
}

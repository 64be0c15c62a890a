package zkserver_test

import (
	"os"
	"strconv"
	"testing"
)

// seedFromEnv lets GUBBO_SEED repeat a random test.
func seedFromEnv(t *testing.T) (uint64, bool) {
	text := os.Getenv("GUBBO_SEED")
	if text == "" {
		return 0, false
	}
	seed, err := strconv.ParseUint(text, 10, 64)
	if err != nil {
		t.Fatalf("GUBBO_SEED %q: %v", text, err)
	}
	return seed, true
}

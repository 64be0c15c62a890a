package main

import (
	"os"
	"testing"

	"go.uber.org/goleak"
)

// The lab runs this program again for its parts; in a test this program is
// the test binary.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == "demo" {
		main()
	}
	goleak.VerifyTestMain(m)
}

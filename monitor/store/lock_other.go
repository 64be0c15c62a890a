//go:build !unix

package store

import (
	"fmt"
	"os"
	"path/filepath"
)

// lockDir only makes the file: this system has no lock that goes with the
// process.
func lockDir(dir string) (*os.File, error) {
	f, err := os.OpenFile(filepath.Join(dir, "lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("store: %w", err)
	}
	return f, nil
}

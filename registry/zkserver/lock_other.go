//go:build !unix

package zkserver

import "os"

// lockFile does nothing here: on these systems nobody keeps two servers off
// one directory.
func lockFile(*os.File) error { return nil }

//go:build !soak

package registrytest

import "time"

// downFor is how long a stopped server stays down.
const downFor = 3 * time.Second

//go:build soak

package registrytest

import "time"

// downFor is how long a stopped server stays down.
const downFor = 20 * time.Second

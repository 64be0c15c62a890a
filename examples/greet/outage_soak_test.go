//go:build soak

package greet_test

import "time"

// outage is how long the registry is away.
const outage = 20 * time.Second

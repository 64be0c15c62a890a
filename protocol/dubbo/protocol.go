package dubbo

import (
	"time"

	"github.com/gubbo/gubbo/protocol"
	"github.com/gubbo/gubbo/protocol/hessian"
)

// DefaultHeartbeat is how long a connection may be silent before its client
// asks whether the peer lives; Java's default too.
const DefaultHeartbeat = 60 * time.Second

// Protocol is dubbo://. The zero value works, is what New returns, and may be
// shared.
type Protocol struct {
	// Heartbeat is how long a client may have read nothing before it sends a
	// heartbeat; after three times that without a read it takes the connection
	// for dead, and so does a server, unless a call is under way. 0 is
	// DefaultHeartbeat.
	Heartbeat time.Duration
	// Limits bound what is decoded of a peer's message. A zero field is
	// package hessian's default: raise Depth, say, for objects that nest deeper
	// than 64.
	Limits hessian.Limits
}

// New returns the protocol with its defaults.
func New() Protocol { return Protocol{} }

// Name returns "dubbo".
func (Protocol) Name() string { return "dubbo" }

func (p Protocol) heartbeat() time.Duration {
	if p.Heartbeat <= 0 {
		return DefaultHeartbeat
	}
	return p.Heartbeat
}

func maxMessage(n int) int {
	if n <= 0 {
		return defaultMaxBody
	}
	return n
}

var _ protocol.Protocol = Protocol{}

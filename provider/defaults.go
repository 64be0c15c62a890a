package provider

import "github.com/gubbo/gubbo/protocol"

// defaultProtocols is what a Config without Protocols speaks.
func defaultProtocols() []protocol.Protocol { return nil }

package consumer

import "github.com/gubbo/gubbo/protocol"

// defaultProtocols are those of a Config that names none.
func defaultProtocols() []protocol.Protocol { return nil }

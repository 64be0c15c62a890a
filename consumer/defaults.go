package consumer

import (
	"github.com/gubbo/gubbo/protocol"
	"github.com/gubbo/gubbo/protocol/dubbo"
)

// defaultProtocols are those of a Config that names none.
func defaultProtocols() []protocol.Protocol { return []protocol.Protocol{dubbo.New()} }

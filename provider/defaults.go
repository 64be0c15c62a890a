package provider

import (
	"github.com/gubbo/gubbo/protocol"
	"github.com/gubbo/gubbo/protocol/dubbo"
)

// defaultProtocols is what a Config without Protocols speaks.
func defaultProtocols() []protocol.Protocol { return []protocol.Protocol{dubbo.New()} }

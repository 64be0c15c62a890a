package api

// Code is the kind of a failure. The list is closed.
type Code uint8

// The codes.
const (
	// OK is no failure.
	OK Code = iota
	// Business is an error that the user's handler returned.
	Business
	// Timeout is a deadline that passed.
	Timeout
	// Canceled is a caller that gave up.
	Canceled
	// Unavailable is a provider that could not be reached.
	Unavailable
	// Disconnected is a connection that broke while the call was under way.
	Disconnected
	// Overloaded is a provider that rejected the call because it is busy.
	Overloaded
	// GoingAway is a provider that rejected the call because it is leaving.
	GoingAway
	// NoProvider is a consumer that has nobody to call.
	NoProvider
	// NotFound is a service or method that the provider does not have.
	NotFound
	// Forbidden is a call that the provider does not allow.
	Forbidden
	// Codec is a value that could not be encoded or decoded.
	Codec
	// TooLarge is a message above the size limit.
	TooLarge
	// Internal is a fault of the framework or of the peer's.
	Internal
)

// Class groups codes for statistics.
type Class uint8

// The classes of outcomes that statistics count.
const (
	ClassSuccess Class = iota
	ClassBusiness
	ClassTimeout
	ClassRejected
	ClassNetwork
	ClassCodec
	ClassNoProvider
	ClassOther
	// Classes is the number of classes.
	Classes = int(ClassOther) + 1
)

// String returns the class's name as the monitor's rows spell it.
func (c Class) String() string {
	switch c {
	case ClassSuccess:
		return "success"
	case ClassBusiness:
		return "business"
	case ClassTimeout:
		return "timeout"
	case ClassRejected:
		return "rejected"
	case ClassNetwork:
		return "network"
	case ClassCodec:
		return "codec"
	case ClassNoProvider:
		return "no_provider"
	}
	return "other"
}

// codes is the one table that ties a code to its name, to the status byte of
// dubbo:// (facts: Java's Response), to the code of gRPC and to the class in
// statistics. A business error has status 20 because dubbo:// carries
// exceptions in an OK response.
var codes = [...]struct {
	name  string
	dubbo byte
	grpc  uint32
	class Class
}{
	OK:           {"ok", 20, 0, ClassSuccess},
	Business:     {"business", 20, 2, ClassBusiness},
	Timeout:      {"timeout", 31, 4, ClassTimeout},
	Canceled:     {"canceled", 90, 1, ClassOther},
	Unavailable:  {"unavailable", 80, 14, ClassNetwork},
	Disconnected: {"disconnected", 35, 14, ClassNetwork},
	Overloaded:   {"overloaded", 100, 8, ClassRejected},
	GoingAway:    {"going away", 35, 14, ClassRejected},
	NoProvider:   {"no provider", 60, 14, ClassNoProvider},
	NotFound:     {"not found", 40, 12, ClassOther},
	Forbidden:    {"forbidden", 70, 7, ClassRejected},
	Codec:        {"codec", 40, 3, ClassCodec},
	TooLarge:     {"too large", 50, 8, ClassCodec},
	Internal:     {"internal", 70, 13, ClassOther},
}

func (c Code) row() int {
	if int(c) < len(codes) {
		return int(c)
	}
	return int(Internal)
}

// String returns the code's name in lower case.
func (c Code) String() string { return codes[c.row()].name }

// DubboStatus returns the status byte that stands for c on dubbo://.
func (c Code) DubboStatus() byte { return codes[c.row()].dubbo }

// GRPC returns the gRPC status code that stands for c.
func (c Code) GRPC() uint32 { return codes[c.row()].grpc }

// Class returns the class under which statistics count c.
func (c Code) Class() Class { return codes[c.row()].class }

// CodeOfDubboStatus returns the code for a status byte that a dubbo:// peer
// answered with. A status that two codes share gives the one that promises
// least.
func CodeOfDubboStatus(status byte) Code {
	switch status {
	case 20:
		return OK
	case 30, 31:
		return Timeout
	case 25, 50:
		return Codec
	case 35:
		return Disconnected
	case 40, 60:
		return NotFound
	case 100:
		return Overloaded
	}
	return Internal
}

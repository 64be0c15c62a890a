package dubbo

import (
	"encoding/binary"
	"fmt"
)

// A frame is a header of 16 bytes, big endian, and a body:
//
//	 0       1       2       3       4               12          16
//	+-------+-------+-------+-------+------- … ------+---- … ----+---- … ----
//	| magic da bb   | flag  |status | id (int64)     | length    | body
//	+-------+-------+-------+-------+------- … ------+---- … ----+---- … ----
//
// flag: 0x80 request, 0x40 wants an answer, 0x20 event, low 5 bits the
// serialization of the body. status means something in a response only.
const (
	headerSize = 16
	magic      = 0xdabb

	flagRequest = 0x80
	flagTwoway  = 0x40
	flagEvent   = 0x20
	maskCodec   = 0x1f

	codecHessian2  = 2
	codecFastjson2 = 23

	// defaultMaxBody is Dubbo's default "payload".
	defaultMaxBody = 8 << 20
)

// The statuses of a response that this package itself writes or tests; all
// others come from the table in api/code.go.
const (
	statusOK            = 20
	statusSerialization = 25
	statusBadRequest    = 40
	statusBadResponse   = 50
	statusService       = 70
)

// The first value of a response's body. The last three are the first three
// followed by attachments.
const (
	replyException = iota
	replyValue
	replyNull
	replyExceptionAttached
	replyValueAttached
	replyNullAttached
)

// protocolVersion is the version of the wire, not of a release: every Dubbo
// from 2.6 to 3.3 writes it, and a peer sends reply attachments because of it.
const protocolVersion = "2.0.2"

type header struct {
	flag, status byte
	id           int64
	length       int
}

func (h header) request() bool { return h.flag&flagRequest != 0 }
func (h header) twoway() bool  { return h.flag&flagTwoway != 0 }
func (h header) event() bool   { return h.flag&flagEvent != 0 }
func (h header) codec() byte   { return h.flag & maskCodec }

// putHeader writes h to the first 16 bytes of b.
func putHeader(b []byte, h header) {
	_ = b[headerSize-1]
	binary.BigEndian.PutUint16(b, magic)
	b[2], b[3] = h.flag, h.status
	binary.BigEndian.PutUint64(b[4:], uint64(h.id))
	binary.BigEndian.PutUint32(b[12:], uint32(h.length))
}

// parseHeader reads the first 16 bytes of b. It returns a *frameError for a
// wrong magic or a length above max; with the latter the header is valid.
func parseHeader(b []byte, max int) (header, error) {
	_ = b[headerSize-1]
	if m := binary.BigEndian.Uint16(b); m != magic {
		return header{}, &frameError{fmt.Sprintf("dubbo: frame starts with %#04x instead of %#04x: the peer does not speak dubbo://, or the stream is broken", m, uint16(magic))}
	}
	h := header{flag: b[2], status: b[3], id: int64(binary.BigEndian.Uint64(b[4:]))}
	length := binary.BigEndian.Uint32(b[12:])
	h.length = int(length)
	if int64(length) > int64(max) {
		return h, &frameError{fmt.Sprintf("dubbo: frame announces a body of %d bytes, the limit is %d (MaxMessage)", length, max)}
	}
	return h, nil
}

// frameError is a header after which the stream cannot be read on.
type frameError struct{ message string }

func (e *frameError) Error() string { return e.message }

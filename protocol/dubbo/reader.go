package dubbo

import (
	"errors"
	"io"
	"net"
	"os"
	"time"
)

// readBuffer is how much one read may take in. 64 KiB costs a fifth less CPU
// than 4 KiB under load.
const readBuffer = 64 << 10

// frameReader cuts a connection's stream into frames. Only the connection's
// reading goroutine uses it.
type frameReader struct {
	nc  net.Conn
	max int // limit of a body

	buf        []byte
	start, end int       // what is read and not yet taken
	arrived    time.Time // when the last read returned bytes

	// quiet is called each time that another whole interval has passed without
	// a byte; an error from it ends the reading.
	interval time.Duration
	silent   int // intervals since arrived
	quiet    func(intervals int) error

	silence silence // the short one that calls notice
}

func newFrameReader(nc net.Conn, max int, interval time.Duration, quiet func(int) error) *frameReader {
	now := time.Now()
	return &frameReader{nc: nc, max: max, interval: interval, quiet: quiet, buf: make([]byte, readBuffer), arrived: now, silence: silence{born: now}}
}

// next returns the next frame. body is valid until the following call, unless
// owned is true: then it is the caller's. io.EOF means that the stream ended
// between frames. A *frameError of a too long body comes with its header.
func (r *frameReader) next() (h header, body []byte, owned bool, err error) {
	for r.end-r.start < headerSize {
		if err := r.fill(); err != nil {
			if err == io.EOF && r.end > r.start {
				err = io.ErrUnexpectedEOF
			}
			return header{}, nil, false, err
		}
		if b := r.buf[r.start:r.end]; b[0] != magic>>8 || len(b) > 1 && b[1] != magic&0xff {
			break // not worth waiting for the rest
		}
	}
	if r.end-r.start < headerSize {
		var short [headerSize]byte
		copy(short[:], r.buf[r.start:r.end])
		_, err := parseHeader(short[:], r.max)
		return header{}, nil, false, err
	}
	if h, err = parseHeader(r.buf[r.start:], r.max); err != nil {
		return h, nil, false, err
	}
	r.start += headerSize
	if h.length > len(r.buf)-headerSize {
		body, err = r.long(h.length)
		return h, body, true, err
	}
	for r.end-r.start < h.length {
		if err := r.fill(); err != nil {
			return h, nil, false, cutShort(err)
		}
	}
	body = r.buf[r.start : r.start+h.length : r.start+h.length]
	r.start += h.length
	return h, body, false, nil
}

// long reads a body that the buffer cannot hold. It grows with what really
// arrives: a header alone makes nobody allocate 8 MiB.
func (r *frameReader) long(length int) ([]byte, error) {
	body := make([]byte, min(length, 4*readBuffer))
	n := copy(body, r.buf[r.start:r.end])
	r.start += n
	for n < length {
		if n == len(body) {
			grown := make([]byte, min(length, 4*n))
			copy(grown, body)
			body = grown
		}
		k, err := r.read(body[n:])
		if err != nil {
			return nil, cutShort(err)
		}
		n += k
	}
	return body, nil
}

func cutShort(err error) error {
	if err == io.EOF {
		return io.ErrUnexpectedEOF
	}
	return err
}

// fill reads more into the buffer, after making room for it.
func (r *frameReader) fill() error {
	if r.start == r.end {
		r.start, r.end = 0, 0
	} else if len(r.buf)-r.start < readBuffer/4 || r.end == len(r.buf) {
		r.end = copy(r.buf, r.buf[r.start:r.end])
		r.start = 0
	}
	n, err := r.read(r.buf[r.end:])
	r.end += n
	return err
}

// read reads at least one byte into p, which is not empty, and notices silence.
func (r *frameReader) read(p []byte) (int, error) {
	for {
		n, err := r.nc.Read(p)
		if n > 0 {
			r.arrived = time.Now()
			r.silent = 0
			r.silence.hear(r.arrived)
			return n, nil
		}
		if !errors.Is(err, os.ErrDeadlineExceeded) || r.quiet == nil {
			if err == nil {
				err = io.ErrNoProgress
			}
			return 0, err
		}
		r.silence.look()
		// The deadline is moved only when it strikes, not at each read.
		if time.Since(r.arrived) >= time.Duration(r.silent+1)*r.interval {
			r.silent++
			if err := r.quiet(r.silent); err != nil {
				return 0, err
			}
		}
		if err := r.arm(); err != nil {
			return 0, err
		}
	}
}

// arm sets the deadline at which silence is noticed.
func (r *frameReader) arm() error {
	at := r.arrived.Add(time.Duration(r.silent+1) * r.interval)
	for {
		due := r.silence.due.Load()
		if err := r.nc.SetReadDeadline(r.silence.deadline(due, at)); err != nil || r.silence.due.Load() == due {
			return err
		}
	}
}

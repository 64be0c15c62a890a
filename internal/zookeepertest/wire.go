package zookeepertest

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"syscall"
	"time"
)

const wireTimeout = 5 * time.Second

// wordTimeout is short: a server that is starting may take a connection and
// forget it, and is better asked again.
const wordTimeout = time.Second

// FourLetter sends one of ZooKeeper's four-letter words and returns the answer.
func FourLetter(addr, word string) (string, error) {
	nc, err := net.DialTimeout("tcp", addr, wordTimeout)
	if err != nil {
		return "", err
	}
	defer func() { _ = nc.Close() }()
	_ = nc.SetDeadline(time.Now().Add(wordTimeout))
	if _, err := io.WriteString(nc, word); err != nil {
		return "", err
	}
	text, err := io.ReadAll(io.LimitReader(nc, 1<<20))
	return string(text), err
}

// ErrNoSession is returned by ExpireSession for a session that the server does
// not know.
var ErrNoSession = errors.New("zookeepertest: no such session")

// expireSession ends a session. Its owner, who lost its connection by that,
// may be back and have taken the session again in the middle, so it tries on.
func expireSession(addr string, id int64) error {
	var err error
	for try := range 10 {
		err = takeOverAndClose(addr, id)
		if err == nil || try > 0 && errors.Is(err, ErrNoSession) {
			return nil
		}
		if !errors.Is(err, io.EOF) && !errors.Is(err, syscall.ECONNRESET) {
			return err
		}
	}
	return err
}

// takeOverAndClose takes over the session by its id and password, and closes it.
func takeOverAndClose(addr string, id int64) error {
	nc, err := net.DialTimeout("tcp", addr, wireTimeout)
	if err != nil {
		return err
	}
	defer func() { _ = nc.Close() }()
	_ = nc.SetDeadline(time.Now().Add(wireTimeout))
	be := binary.BigEndian
	hello := be.AppendUint32(nil, 0)           // protocol version
	hello = be.AppendUint64(hello, 0)          // last zxid seen
	hello = be.AppendUint32(hello, 10_000)     // timeout, ms
	hello = be.AppendUint64(hello, uint64(id)) // session
	hello = be.AppendUint32(hello, 16)         // password
	hello = append(hello, sessionPassword(id)...)
	hello = append(hello, 0) // not read-only
	reply, err := exchange(nc, hello)
	if err != nil {
		return err
	}
	if len(reply) < 16 {
		return fmt.Errorf("zookeepertest: %s answers the handshake with %d bytes", addr, len(reply))
	}
	if be.Uint64(reply[8:]) == 0 {
		return fmt.Errorf("%w: 0x%x at %s", ErrNoSession, uint64(id), addr)
	}
	const closeSession = 0xfffffff5 // -11
	_, err = exchange(nc, be.AppendUint32(be.AppendUint32(nil, 1), closeSession))
	return err
}

func exchange(nc net.Conn, body []byte) ([]byte, error) {
	frame := append(binary.BigEndian.AppendUint32(nil, uint32(len(body))), body...)
	if _, err := nc.Write(frame); err != nil {
		return nil, err
	}
	var head [4]byte
	if _, err := io.ReadFull(nc, head[:]); err != nil {
		return nil, err
	}
	n := binary.BigEndian.Uint32(head[:])
	if n > 1<<16 {
		return nil, fmt.Errorf("zookeepertest: a frame of %d bytes", n)
	}
	reply := make([]byte, n)
	_, err := io.ReadFull(nc, reply)
	return reply, err
}

// sessionPassword computes what ZooKeeper's Java server gives to a session:
// 16 bytes of java.util.Random, seeded with the id and a constant.
func sessionPassword(id int64) []byte {
	const multiplier, mask = 0x5DEECE66D, 1<<48 - 1
	seed := (uint64(id) ^ 0xB3415C00 ^ multiplier) & mask
	var out []byte
	for len(out) < 16 {
		seed = (seed*multiplier + 0xB) & mask
		out = binary.LittleEndian.AppendUint32(out, uint32(seed>>16))
	}
	return out
}

// Command floor is the least that a multiplexed call can be: a length and a
// caller's number before the bytes, one goroutine that writes what has come
// together.
package main

import (
	"bufio"
	"encoding/binary"
	"io"
	"net"
	"runtime"
	"sync"

	"github.com/gubbo/gubbo/bench/peer"
)

const floorHead = 8

func floorWriter(nc net.Conn) (send func(id uint32, s []byte)) {
	var mu sync.Mutex
	var buf, spare []byte
	wake := make(chan struct{}, 1)
	go func() {
		for range wake {
			runtime.Gosched()
			mu.Lock()
			buf, spare = spare[:0], buf
			mu.Unlock()
			if _, err := nc.Write(spare); err != nil {
				return
			}
		}
	}()
	return func(id uint32, s []byte) {
		mu.Lock()
		buf = binary.BigEndian.AppendUint32(buf, id)
		buf = binary.BigEndian.AppendUint32(buf, uint32(len(s)))
		buf = append(buf, s...)
		mu.Unlock()
		select {
		case wake <- struct{}{}:
		default:
		}
	}
}

func floorRead(nc net.Conn, f func(id uint32, body []byte)) error {
	r := bufio.NewReaderSize(nc, 64<<10)
	for {
		head, err := r.Peek(floorHead)
		if err != nil {
			return err
		}
		id, n := binary.BigEndian.Uint32(head), int(binary.BigEndian.Uint32(head[4:]))
		r.Discard(floorHead)
		body, err := r.Peek(n)
		if err != nil {
			return err
		}
		f(id, body)
		r.Discard(n)
	}
}

func serve(ready func(string), stop <-chan struct{}) error {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	ready(ln.Addr().String())
	go func() { <-stop; ln.Close() }()
	for {
		nc, err := ln.Accept()
		if err != nil {
			return nil
		}
		go floorRead(nc, floorWriter(nc))
	}
}

func dial(address string, n int) (func(int, string) (string, error), error) {
	nc, err := net.Dial("tcp", address)
	if err != nil {
		return nil, err
	}
	send := floorWriter(nc)
	answers := make([]chan int, n)
	for i := range answers {
		answers[i] = make(chan int, 1)
	}
	go floorRead(nc, func(id uint32, body []byte) { answers[id] <- len(body) })
	return func(caller int, s string) (string, error) {
		send(uint32(caller), []byte(s))
		if k := <-answers[caller]; k != len(s) {
			return "", io.ErrUnexpectedEOF
		}
		return s, nil
	}, nil
}

func main() { peer.Main(serve, dial) }

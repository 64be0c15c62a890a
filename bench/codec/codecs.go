package main

import (
	"bytes"
	"encoding/gob"
	"fmt"
	"io"

	hessian2 "github.com/apache/dubbo-go-hessian2"
	"google.golang.org/protobuf/proto"

	"github.com/gubbo/gubbo/protocol/hessian"
)

// gubbo measures what generated code does: an Encoder and a Decoder are kept.
func gubbo[T any](write func(e *hessian.Encoder), read func(d *hessian.Decoder) T) codec {
	var first hessian.Encoder
	write(&first)
	data := bytes.Clone(first.Bytes())
	var e hessian.Encoder
	var d hessian.Decoder
	buf := make([]byte, 0, len(data))
	return codec{
		encode: func(n int) error {
			for range n {
				e.Reset(buf)
				write(&e)
			}
			return e.Err()
		},
		decode: func(n int) error {
			for range n {
				d.Reset(data, shapesTypes)
				read(&d)
			}
			return d.Err()
		},
		once: func() (any, error) {
			d := hessian.NewDecoder(data, shapesTypes)
			v := read(d)
			return v, d.Err()
		},
	}
}

// dubboGo measures dubbo-go-hessian2 as dubbo-go uses it, with the encoder and
// the decoder kept, too. as turns what it decodes into the shape's type.
func dubboGo(v any, as func(any) any) codec {
	first := hessian2.NewEncoder()
	err := first.Encode(v)
	data := first.Buffer()
	e, d := hessian2.NewEncoder(), hessian2.NewDecoder(data)
	return codec{
		encode: func(n int) error {
			for range n {
				e.ReuseBufferClean()
				if err := e.Encode(v); err != nil {
					return err
				}
			}
			return nil
		},
		decode: func(n int) error {
			for range n {
				if _, err := d.Reset(data).Decode(); err != nil {
					return err
				}
			}
			return nil
		},
		once: func() (any, error) {
			got, e := hessian2.NewDecoder(data).Decode()
			if err != nil || e != nil {
				return nil, fmt.Errorf("%w, %w", err, e)
			}
			return as(got), nil
		},
	}
}

// repeat reads a gob stream whose second message comes for ever.
type repeat struct {
	first, again []byte
	rest         []byte
}

func (r *repeat) fill() {
	if len(r.rest) == 0 {
		if r.rest, r.first = r.first, nil; r.rest == nil {
			r.rest = r.again
		}
	}
}

func (r *repeat) Read(p []byte) (int, error) {
	r.fill()
	n := copy(p, r.rest)
	r.rest = r.rest[n:]
	return n, nil
}

func (r *repeat) ReadByte() (byte, error) {
	r.fill()
	c := r.rest[0]
	r.rest = r.rest[1:]
	return c, nil
}

var _ io.ByteReader = (*repeat)(nil)

func gobs[T any](v T) codec {
	var first, again bytes.Buffer
	e := gob.NewEncoder(io.MultiWriter(&first, &again))
	err := e.Encode(v)
	again.Reset()
	if err == nil {
		err = gobAgain(e, v, &first)
	}
	stream := func() *repeat { return &repeat{first: first.Bytes(), again: again.Bytes()} }
	var w bytes.Buffer
	kept, d := gob.NewEncoder(&w), gob.NewDecoder(stream())
	return codec{
		encode: func(n int) error {
			for range n {
				w.Reset()
				if err := kept.Encode(v); err != nil {
					return err
				}
			}
			return nil
		},
		decode: func(n int) error {
			for range n {
				var got T
				if err := d.Decode(&got); err != nil {
					return err
				}
			}
			return nil
		},
		once: func() (any, error) {
			var got T
			if err != nil {
				return nil, err
			}
			d := gob.NewDecoder(stream())
			err := d.Decode(&got)
			if err == nil {
				got = *new(T)
				err = d.Decode(&got)
			}
			return got, err
		},
	}
}

// gobAgain encodes v a second time and leaves in first what it had.
func gobAgain[T any](e *gob.Encoder, v T, first *bytes.Buffer) error {
	n := first.Len()
	err := e.Encode(v)
	first.Truncate(n)
	return err
}

// protobuf measures a message; as turns it into the shape's type.
func protobuf[M proto.Message](m M, as func(M) any) codec {
	data, err := proto.Marshal(m)
	empty := func() M { return m.ProtoReflect().New().Interface().(M) }
	buf := make([]byte, 0, len(data))
	return codec{
		encode: func(n int) error {
			for range n {
				if _, err := (proto.MarshalOptions{}).MarshalAppend(buf, m); err != nil {
					return err
				}
			}
			return nil
		},
		decode: func(n int) error {
			for range n {
				if err := proto.Unmarshal(data, empty()); err != nil {
					return err
				}
			}
			return nil
		},
		once: func() (any, error) {
			got := empty()
			if err == nil {
				err = proto.Unmarshal(data, got)
			}
			return as(got), err
		},
	}
}

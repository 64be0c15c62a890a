package main

import (
	"bytes"
	"encoding/gob"
	"errors"
	"fmt"
	"math/big"
	"reflect"
	"time"

	hessian2 "github.com/apache/dubbo-go-hessian2"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/structpb"
	"google.golang.org/protobuf/types/known/timestamppb"
	"google.golang.org/protobuf/types/known/wrapperspb"

	"github.com/gubbo/gubbo/protocol/hessian"
)

// dynamic returns the libraries at work on the values that data holds in
// Hessian, one after the other, without a word about their types. once says
// why a library cannot.
func dynamic(data []byte) [len(libraries)]codec {
	g, values := dynamicGubbo(data)
	return [...]codec{g, dynamicDubboGo(data, len(values)), dynamicGob(values), dynamicProtobuf(values)}
}

var errNothing = errors.New("no bytes, or bytes that are refused")

func failing(err error) codec { return codec{once: func() (any, error) { return nil, err }} }

func dynamicGubbo(data []byte) (codec, []any) {
	var values []any
	d := hessian.NewDecoder(data, nil)
	for len(d.Rest()) > 0 {
		values = append(values, d.Any())
	}
	if d.Err() != nil || len(values) == 0 {
		return failing(errNothing), nil
	}
	var e hessian.Encoder
	buf := make([]byte, 0, 2*len(data))
	return codec{
		once: func() (any, error) { return values, nil },
		encode: func(n int) error {
			for range n {
				e.Reset(buf)
				for _, v := range values {
					e.Any(v)
				}
			}
			return e.Err()
		},
		decode: func(n int) error {
			for range n {
				d.Reset(data, nil)
				for range values {
					d.Any()
				}
			}
			return d.Err()
		},
	}, values
}

func dynamicDubboGo(data []byte, count int) codec {
	if count == 0 {
		return failing(errNothing)
	}
	d, e := hessian2.NewDecoder(data), hessian2.NewEncoder()
	decode := func(n int) error {
		for range n {
			d.Reset(data)
			for range count {
				if _, err := d.Decode(); err != nil {
					return err
				}
			}
		}
		return nil
	}
	var values []any
	encode := func(n int) error {
		for range n {
			// Clean forgets the classes and references of the message before;
			// ReuseBufferClean keeps the references.
			e.Clean()
			for _, v := range values {
				if err := e.Encode(v); err != nil {
					return err
				}
			}
		}
		return nil
	}
	return codec{encode: encode, decode: decode, once: func() (any, error) {
		if err := safely(decode, 1); err != nil {
			return nil, fmt.Errorf("cannot read it: %w", err)
		}
		d.Reset(data)
		for range count {
			v, err := d.Decode()
			if err != nil {
				return nil, err
			}
			values = append(values, v)
		}
		if err := safely(encode, 2); err != nil {
			return nil, fmt.Errorf("cannot write it: %w", err)
		}
		return values, nil
	}}
}

// registerGob tells gob of what Any returns inside of others.
func registerGob() {
	for _, v := range []any{
		map[string]any{}, []any{}, time.Time{}, &big.Int{}, &hessian.List{}, &hessian.Map{}, &hessian.Object{}, &hessian.Exception{},
		hessian.BigDecimal(""), hessian.LocalDate{}, hessian.LocalDateTime{}, hessian.LocalTime{}, hessian.UUID{},
	} {
		gob.Register(v)
	}
}

func dynamicGob(values []any) codec {
	if len(values) == 0 {
		return failing(errNothing)
	}
	var w, stream bytes.Buffer
	e := gob.NewEncoder(&w)
	encode := func(n int) error {
		for range n {
			w.Reset()
			for _, v := range values {
				if err := e.Encode(v); err != nil {
					return err
				}
			}
		}
		return nil
	}
	var d *gob.Decoder
	decode := func(n int) error {
		for range n {
			for _, v := range values {
				if err := d.DecodeValue(reflect.New(reflect.TypeOf(v))); err != nil {
					return err
				}
			}
		}
		return nil
	}
	return codec{encode: encode, decode: decode, once: func() (any, error) {
		if shared(values) {
			return nil, errNoRefs // of a cycle it would never come back
		}
		for _, v := range values {
			if v == nil {
				return nil, errors.New("no null")
			}
		}
		if err := safely(encode, 1); err != nil {
			return nil, err
		}
		stream.Write(w.Bytes())
		if err := safely(encode, 1); err != nil {
			return nil, err
		}
		d = gob.NewDecoder(&repeat{first: stream.Bytes(), again: bytes.Clone(w.Bytes())})
		for range 2 { // the first in each stream tells the types
			for _, v := range values {
				got := reflect.New(reflect.TypeOf(v))
				if err := d.DecodeValue(got); err != nil {
					return nil, err
				}
				if !reflect.DeepEqual(got.Elem().Interface(), v) {
					return nil, errors.New("gives back another value")
				}
			}
		}
		return values, nil
	}}
}

var errNoRefs = errors.New("no references or cycles")

// shared tells whether a list, map or object stands in values twice.
func shared(values []any) bool {
	seen := make(map[any]bool)
	var walk func(v any) bool
	walk = func(v any) bool {
		switch v.(type) {
		case *hessian.List, *hessian.Map, *hessian.Object, *hessian.Exception:
			if seen[v] {
				return true
			}
			seen[v] = true
		}
		for _, item := range parts(v) {
			if walk(item) {
				return true
			}
		}
		return false
	}
	return walk(values)
}

// parts are the values in v.
func parts(v any) (items []any) {
	switch v := v.(type) {
	case []any:
		return v
	case map[string]any:
		for _, item := range v {
			items = append(items, item)
		}
	case *hessian.List:
		return v.Items
	case *hessian.Map:
		for _, e := range v.Entries {
			items = append(items, e.Key, e.Value)
		}
	case *hessian.Object:
		for _, f := range v.Fields {
			items = append(items, f.Value)
		}
	case *hessian.Exception:
		for _, f := range v.Fields {
			items = append(items, f.Value)
		}
	}
	return items
}

func dynamicProtobuf(values []any) codec {
	if len(values) == 0 {
		return failing(errNothing)
	}
	var messages, empty []proto.Message
	var data [][]byte
	var buf []byte
	encode := func(n int) error {
		for range n {
			for _, m := range messages {
				if _, err := (proto.MarshalOptions{}).MarshalAppend(buf[:0], m); err != nil {
					return err
				}
			}
		}
		return nil
	}
	decode := func(n int) error {
		for range n {
			for i, b := range data {
				if err := proto.Unmarshal(b, empty[i].ProtoReflect().New().Interface()); err != nil {
					return err
				}
			}
		}
		return nil
	}
	return codec{encode: encode, decode: decode, once: func() (any, error) {
		if shared(values) {
			return nil, errNoRefs
		}
		for _, v := range values {
			m, err := messageOf(v)
			if err != nil {
				return nil, err
			}
			b, err := proto.Marshal(m)
			if err != nil {
				return nil, errors.New("a string must be UTF-8")
			}
			messages, data = append(messages, m), append(data, b)
			empty = append(empty, m.ProtoReflect().New().Interface())
			buf = make([]byte, 0, max(cap(buf), len(b)))
		}
		return messages, nil
	}}
}

// messageOf returns the well-known message that has v: a wrapper, a Timestamp,
// or a Value for what is made of lists, maps and objects.
func messageOf(v any) (proto.Message, error) {
	switch v := v.(type) {
	case bool:
		return wrapperspb.Bool(v), nil
	case int32:
		return wrapperspb.Int32(v), nil
	case int64:
		return wrapperspb.Int64(v), nil
	case float64:
		return wrapperspb.Double(v), nil
	case string:
		return wrapperspb.String(v), nil
	case []byte:
		return wrapperspb.Bytes(v), nil
	case time.Time:
		return timestamppb.New(v), nil
	}
	p, err := plain(v)
	if err != nil {
		return nil, err
	}
	m, err := structpb.NewValue(p)
	if err != nil {
		return nil, errors.New("a string must be UTF-8")
	}
	return m, nil
}

// plain turns v into what structpb takes. The names of classes are lost.
func plain(v any) (any, error) {
	switch v := v.(type) {
	case nil, bool, int32, int64, float64, string:
		return v, nil
	case []any:
		return plainList(v)
	case *hessian.List:
		return plainList(v.Items)
	case []int32, []int64, []float64, []bool, []string:
		items := reflect.ValueOf(v)
		list := make([]any, items.Len())
		for i := range list {
			list[i] = items.Index(i).Interface()
		}
		return list, nil
	case map[string]any:
		m := make(map[string]any, len(v))
		for k, item := range v {
			p, err := plain(item)
			if err != nil {
				return nil, err
			}
			m[k] = p
		}
		return m, nil
	case *hessian.Map:
		m := make(map[string]any, len(v.Entries))
		for _, e := range v.Entries {
			k, ok := e.Key.(string)
			if !ok {
				return nil, errors.New("a Value's keys are strings")
			}
			p, err := plain(e.Value)
			if err != nil {
				return nil, err
			}
			m[k] = p
		}
		return m, nil
	case *hessian.Object:
		return plainFields(v.Fields)
	case *hessian.Exception:
		return plainFields(v.Fields)
	}
	if x := reflect.ValueOf(v); x.Kind() == reflect.String { // BigDecimal and the like
		return x.String(), nil
	}
	return nil, errors.New("a Value has no dates, bytes and classes of their own")
}

func plainList(items []any) ([]any, error) {
	list := make([]any, len(items))
	for i, item := range items {
		p, err := plain(item)
		if err != nil {
			return nil, err
		}
		list[i] = p
	}
	return list, nil
}

func plainFields(fields []hessian.Field) (map[string]any, error) {
	m := make(map[string]any, len(fields))
	for _, f := range fields {
		p, err := plain(f.Value)
		if err != nil {
			return nil, err
		}
		m[f.Name] = p
	}
	return m, nil
}

package main

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gubbo/gubbo/protocol/hessian"
)

// parseArguments reads the JSON array of a call's arguments. Whole numbers
// become int64, others float64.
func parseArguments(text string) ([]any, error) {
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			err = errors.New("it ends too early")
		}
		return nil, fmt.Errorf("the arguments %q are no JSON: %w", text, err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("the arguments %q go on after the JSON value", text)
	}
	list, ok := v.([]any)
	if !ok {
		return nil, fmt.Errorf(`the arguments %s are no JSON array; write one, e.g. '["you"]'`, text)
	}
	for i := range list {
		var err error
		if list[i], err = numbers(list[i]); err != nil {
			return nil, fmt.Errorf("argument %d: %w", i+1, err)
		}
	}
	return list, nil
}

// numbers turns the numbers in v into Go's.
func numbers(v any) (any, error) {
	var err error
	switch v := v.(type) {
	case json.Number:
		return number(v)
	case []any:
		for i := range v {
			if v[i], err = numbers(v[i]); err != nil {
				return nil, err
			}
		}
	case map[string]any:
		for key := range v {
			if v[key], err = numbers(v[key]); err != nil {
				return nil, err
			}
		}
	}
	return v, nil
}

func number(n json.Number) (any, error) {
	if !strings.ContainsAny(n.String(), ".eE") {
		i, err := strconv.ParseInt(n.String(), 10, 64)
		if err != nil {
			return nil, fmt.Errorf("%s does not fit a long", n)
		}
		return i, nil
	}
	f, err := strconv.ParseFloat(n.String(), 64)
	if err != nil || math.IsInf(f, 0) {
		return nil, fmt.Errorf("%s does not fit a double", n)
	}
	return f, nil
}

// guess returns the Java types that the values look like.
func guess(values []any) ([]string, error) {
	types := make([]string, len(values))
	for i, v := range values {
		switch v := v.(type) {
		case nil:
			return nil, fmt.Errorf("argument %d is null, which has no type: name the types of all parameters with --types", i+1)
		case string:
			types[i] = "java.lang.String"
		case int64:
			types[i] = "long"
		case float64:
			types[i] = "double"
		case bool:
			types[i] = "boolean"
		case []any:
			types[i] = "java.util.List"
		case map[string]any:
			types[i] = "java.util.Map"
			if class := classOf(v); class != "" {
				types[i] = class
			}
		}
	}
	return types, nil
}

func classOf(m map[string]any) string {
	class, _ := m["class"].(string)
	return class
}

// arguments turns JSON values into what goes on the wire. By way of "$invoke"
// objects stay maps with a key "class", else they become objects of it.
func arguments(types []string, values []any, byInvoke bool) ([]any, error) {
	args := make([]any, len(values))
	for i, v := range values {
		args[i] = v
		if !byInvoke {
			args[i] = objects(v)
		}
		if s, ok := v.(string); ok && types != nil {
			var err error
			if args[i], err = fromText(types[i], s); err != nil {
				return nil, fmt.Errorf("argument %d: %w", i+1, err)
			}
		}
	}
	return args, nil
}

// objects returns v with each map that names its class turned into an object.
func objects(v any) any {
	switch v := v.(type) {
	case []any:
		list := make([]any, len(v))
		for i := range v {
			list[i] = objects(v[i])
		}
		return list
	case map[string]any:
		class := classOf(v)
		if class == "" {
			m := make(map[string]any, len(v))
			for key, value := range v {
				m[key] = objects(value)
			}
			return m
		}
		o := &hessian.Object{Class: class}
		for _, name := range slices.Sorted(maps.Keys(v)) {
			if name != "class" {
				o.Fields = append(o.Fields, hessian.Field{Name: name, Value: objects(v[name])})
			}
		}
		return o
	}
	return v
}

// fromText reads what JSON has no form of its own for.
func fromText(javaType, s string) (any, error) {
	switch javaType {
	case "java.util.Date":
		t, err := time.Parse(time.RFC3339, s)
		if err != nil {
			return nil, fmt.Errorf(`%q is no date; write "2006-01-02T15:04:05Z"`, s)
		}
		return t, nil
	case "byte[]":
		b, err := base64.StdEncoding.DecodeString(s)
		if err != nil {
			return nil, fmt.Errorf("%q is no base64: %w", s, err)
		}
		return b, nil
	}
	return s, nil
}

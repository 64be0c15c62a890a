package main

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/gubbo/gubbo/api"
	"github.com/gubbo/gubbo/consumer"
	"github.com/gubbo/gubbo/registry"
)

// signatures are the published overloads of one method name, each the Java
// types of its parameters.
type signatures [][]string

// published returns the overloads of method that those providers published
// whom calls go to. Without a Registry that hands out definitions, or a
// connection to it, there are none.
func published(ctx context.Context, reg registry.Registry, known consumer.Explanation, method string) (signatures, error) {
	definitions, ok := reg.(registry.Definitions)
	if !ok || strings.HasPrefix(method, "$") {
		return nil, nil
	}
	var services []api.Service // more than one if group or version is "*"
	for _, p := range known.Providers {
		u, err := api.ParseURL(p.URL)
		if p.Picked && err == nil && !slices.Contains(services, u.Service()) {
			services = append(services, u.Service())
		}
	}
	var all signatures
	for _, s := range services {
		texts, err := definitions.Definitions(ctx, s)
		if err != nil {
			return nil, err
		}
		for _, text := range texts {
			if all, err = all.add(text, method); err != nil {
				return nil, fmt.Errorf("definition of %q: %w", s.Key(), err)
			}
		}
	}
	return all, nil
}

// add returns s and what the definition says of method.
func (s signatures) add(text, method string) (signatures, error) {
	var definition struct {
		Methods []struct {
			Name           string   `json:"name"`
			ParameterTypes []string `json:"parameterTypes"`
		} `json:"methods"`
	}
	if err := json.Unmarshal([]byte(text), &definition); err != nil {
		return nil, err
	}
	for _, m := range definition.Methods {
		if m.Name != method {
			continue
		}
		types := make([]string, len(m.ParameterTypes)) // not nil, though there be none
		for i, t := range m.ParameterTypes {
			types[i] = erased(t)
		}
		if !slices.ContainsFunc(s, func(have []string) bool { return slices.Equal(have, types) }) {
			s = append(s, types)
		}
	}
	return s, nil
}

// taking returns the only overload of n parameters, nil if there is none or
// more than one.
func (s signatures) taking(n int) []string {
	var only []string
	for _, types := range s {
		if len(types) != n {
			continue
		}
		if only != nil {
			return nil
		}
		only = types
	}
	return only
}

// erased returns the type without its type arguments, which Java publishes and
// no call names: "java.util.List<java.lang.String>" is "java.util.List".
func erased(javaType string) string {
	var b strings.Builder
	depth := 0
	for _, r := range javaType {
		switch {
		case r == '<':
			depth++
		case r == '>' && depth > 0:
			depth--
		case depth == 0:
			b.WriteRune(r)
		}
	}
	return b.String()
}

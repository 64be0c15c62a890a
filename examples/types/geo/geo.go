// Package geo has types that examples/types uses: a package of classes only,
// with generated code of its own.
package geo

import (
	"fmt"

	"github.com/gubbo/gubbo/protocol/hessian"
)

//go:generate go run github.com/gubbo/gubbo/cmd/gubbo-gen .

// Kind is an enum.
//
//gubbo:enum lab.types.geo.Kind
type Kind string

// The kinds of places.
const (
	City  Kind = "CITY"
	River Kind = "RIVER"
)

// JavaEnum lets hessian.Codec know that Kind is an enum.
func (Kind) JavaEnum() string { return "lab.types.geo.Kind" }

// Names are a List of Strings.
type Names []string

// Place is a class.
type Place struct {
	_     hessian.Class `java:"lab.types.geo.Place"`
	Name  string
	Kind  Kind
	Other Names
	Near  []*Place
}

// LostError is a checked exception.
type LostError struct {
	_       hessian.Class `java:"lab.types.geo.LostException"`
	Message string        `java:"detailMessage"`
	Last    *Place
}

// Error returns the message and the last place.
func (e *LostError) Error() string {
	if e.Last == nil {
		return e.Message
	}
	return fmt.Sprintf("%s, last seen at %s", e.Message, e.Last.Name)
}

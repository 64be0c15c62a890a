package types

import (
	"errors"
	"strings"
	"testing"

	"github.com/gubbo/gubbo/examples/types/geo"
	"github.com/gubbo/gubbo/protocol/hessian"
)

func TestExceptionsOfOtherPackagesAndSuperclasses(t *testing.T) {
	c := everyService(t, &echo{}).relations
	_, err := c.FindPlace(t.Context(), "Atlantis", geo.City)
	lost, ok := errors.AsType[*geo.LostError](err)
	if !ok || lost.Message != "no Atlantis" || lost.Last == nil || lost.Last.Kind != geo.City {
		t.Errorf("FindPlace: %v", err)
	}
	err = c.Remove(t.Context(), 7)
	gone, ok := errors.AsType[*GoneError](err)
	if !ok || gone.ID != 7 || !gone.Since.Equal(day) {
		t.Errorf("Remove: %v", err)
	}
}

func TestOverloadsAreChosenByTheirTypes(t *testing.T) {
	c := everyService(t, &echo{}).relations
	for _, call := range []struct {
		want string
		make func() (string, error)
	}{
		{"1 a", func() (string, error) { return c.Rename(t.Context(), 1, "a") }},
		{"1 a true", func() (string, error) { return c.RenameStrict(t.Context(), 1, "a", true) }},
		{"boxed 1 a", func() (string, error) { return c.RenameBoxed(t.Context(), new(int64(1)), "a") }},
		{"none <nil>", func() (string, error) { return c.RenameBoxed(t.Context(), nil, nil) }},
	} {
		if got, err := call.make(); err != nil || got != call.want {
			t.Errorf("got %q, %v, want %q", got, err, call.want)
		}
	}
}

func TestErrorsAsValues(t *testing.T) {
	c := everyService(t, &echo{}).relations
	if got, err := c.Problem(t.Context(), nil); got != nil || err != nil {
		t.Errorf("Problem(nil) = %v, %v", got, err)
	}
	got, err := c.Problem(t.Context(), &RefusedError{Message: "no", Cause: &NotFoundError{ID: 3}, Level: High})
	refused, ok := got.(*RefusedError)
	if err != nil || !ok || refused.Level != High {
		t.Fatalf("a declared exception comes back as %#v, %v", got, err)
	}
	if cause, ok := errors.AsType[*NotFoundError](refused.Cause); !ok || cause.ID != 3 {
		t.Errorf("its cause is %v", refused.Cause)
	}
	got, err = c.Problem(t.Context(), errors.New("plain"))
	x, ok := got.(*hessian.Exception)
	if err != nil || !ok || x.Class != "java.lang.RuntimeException" || x.Message != "plain" {
		t.Errorf("an error of Go comes back as %#v, %v", got, err)
	}
}

// A stranger is an Animal in Go that Java could not know.
type stranger struct{}

func (stranger) Sound() string { return "?" }

func TestOnlyListedClassesStandForAnInterface(t *testing.T) {
	e := hessian.NewEncoder(nil)
	(&relationsAnimalArgs{v: stranger{}}).EncodeHessian(e)
	if err := e.Err(); err == nil || !strings.Contains(err.Error(), "lab.types.Animal cannot be a types.stranger, only *Dog, *Cat") {
		t.Errorf("a stranger is written: %v", err)
	}
	for _, c := range []struct {
		value any
		want  string
	}{
		{&hessian.Object{Class: "lab.types.Wolf"}, `class "lab.types.Wolf" is none of those that a types.Animal can be`},
		{&Point{}, "a *types.Point is no types.Animal"},
		{"a cat", "a string is no types.Animal"},
	} {
		e.Reset(nil)
		e.Any(c.value)
		d := hessian.NewDecoder(e.Bytes(), relationsTypes)
		d.SetTypes(hessian.NewTypes(&dogClass, &catClass, &pointClass))
		new(relationsAnimalArgs).DecodeHessian(d)
		if err := d.Err(); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%#v is read as an animal: %v, want … %s", c.value, err, c.want)
		}
	}
}

// A chain of objects deeper than any reader goes is an error, and no end of the
// stack.
func TestWritingEnds(t *testing.T) {
	chain := &Node{}
	for range 1_000_000 {
		chain = &Node{Parent: chain}
	}
	var dog Animal
	for range 1_000_000 {
		dog = &Dog{Chase: dog}
	}
	folder := Folder{}
	for range 1_000 {
		folder = Folder{ByName: map[string]Folder{"": folder}}
	}
	for _, b := range []hessian.Body{&everythingNodeArgs{v: chain}, &relationsAnimalReply{value: dog}, &everythingFolderArgs{v: folder}} {
		e := hessian.NewEncoder(nil)
		b.EncodeHessian(e)
		if err := e.Err(); err == nil || !strings.Contains(err.Error(), "nest deeper than 512") {
			t.Errorf("%T: %v", b, err)
		}
	}
	// What only leads back to itself is written once.
	loop := &Dog{}
	loop.Chase = loop
	back, ok := decode(t, new(relationsAnimalArgs), encode(t, &relationsAnimalArgs{v: loop})).(*relationsAnimalArgs).v.(*Dog)
	if !ok || back.Chase != Animal(back) {
		t.Errorf("a loop comes back as %v", back)
	}
}

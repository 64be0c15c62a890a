package types

import (
	"context"
	"time"

	"github.com/gubbo/gubbo/examples/types/geo"
	"github.com/gubbo/gubbo/protocol/hessian"
)

// Relations has methods for what classes are to each other: superclasses,
// interfaces, generic classes, classes of other packages, exceptions, and
// methods of one name.
//
//gubbo:service lab.types.Relations
type Relations interface {
	Director(ctx context.Context, v *Director) (*Director, error)

	// An interface is an abstract type: Dog and Cat are Animals.
	Animal(ctx context.Context, v Animal) (Animal, error)
	Animals(ctx context.Context, v []Animal) ([]Animal, error)
	Kennel(ctx context.Context, v *Kennel) (*Kennel, error)
	// One generic class of Java is a Go type for each of its uses.
	PointPage(ctx context.Context, v *PointPage) (*PointPage, error)
	WordPage(ctx context.Context, v *WordPage) (*WordPage, error)
	// Problem returns a Throwable, which it gets.
	Problem(ctx context.Context, v error) (error, error)

	// Types of another package.
	Place(ctx context.Context, v *geo.Place) (*geo.Place, error)
	Kinds(ctx context.Context, v map[geo.Kind][]geo.Place) (map[geo.Kind][]geo.Place, error)
	Shop(ctx context.Context, v *Shop) (*Shop, error)

	// FindPlace throws a LostError with a message and a place of that kind.
	//
	//gubbo:method find throws=geo.LostError
	FindPlace(ctx context.Context, name string, kind geo.Kind) (*geo.Place, error)
	// Remove throws a GoneError, which is a NotFoundError, too.
	//
	//gubbo:method remove throws=GoneError,NotFoundError
	Remove(ctx context.Context, id ID) error
	// Rename, RenameStrict and RenameBoxed are one name in Java. They return
	// their arguments in one text.
	//
	//gubbo:method rename types=long,java.lang.String
	Rename(ctx context.Context, id int64, name string) (string, error)
	//gubbo:method rename types=long,java.lang.String,boolean
	RenameStrict(ctx context.Context, id int64, name string, check bool) (string, error)
	//gubbo:method rename types=java.lang.Long,java.lang.Object
	RenameBoxed(ctx context.Context, id *int64, name any) (string, error)
}

// Director is two levels below Person.
type Director struct {
	_ hessian.Class `java:"lab.types.Director"`
	Manager
	Bonus hessian.BigDecimal
}

// Shop has its superclass in another package.
type Shop struct {
	_ hessian.Class `java:"lab.types.Shop"`
	geo.Place
	Open bool
	Next *geo.Place
}

// Animal is an interface in Java, too. Who holds one has a Dog or a Cat.
//
//gubbo:interface lab.types.Animal
type Animal interface{ Sound() string }

// Dog is an Animal.
type Dog struct {
	_     hessian.Class `java:"lab.types.Dog"`
	Name  string
	Chase Animal
}

// Sound is what it says.
func (*Dog) Sound() string { return "woof" }

// Cat is an Animal.
type Cat struct {
	_     hessian.Class `java:"lab.types.Cat"`
	Name  string
	Lives int32
}

// Sound is what it says.
func (*Cat) Sound() string { return "meow" }

// Kennel holds animals.
type Kennel struct {
	_      hessian.Class `java:"lab.types.Kennel"`
	Guard  Animal
	Others []Animal
	Named  map[string]Animal
}

// Page is a generic class.
type Page[T any] struct {
	_     hessian.Class `java:"lab.types.Page"`
	Items []T
	Total int64
}

// Uses of Page.
type (
	// PointPage is a Page<Point>.
	PointPage Page[*Point]
	// WordPage is a Page<String>.
	WordPage Page[string]
)

// GoneError is a subclass of NotFoundException.
type GoneError struct {
	_ hessian.Class `java:"lab.types.GoneException"`
	NotFoundError
	Since time.Time
}

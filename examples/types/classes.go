package types

import (
	"fmt"
	"time"

	"github.com/gubbo/gubbo/protocol/hessian"
)

// Level is an enum.
//
//gubbo:enum lab.types.Level
type Level string

// The levels.
const (
	Low  Level = "LOW"
	High Level = "HIGH"
)

// JavaEnum lets hessian.Codec know that Level is an enum.
func (Level) JavaEnum() string { return "lab.types.Level" }

// Types with names of their own.
type (
	// ID is a long.
	ID int64
	// Tags is a List of Strings.
	Tags []string
	// Blob is a byte[].
	Blob []byte
	// Dates is a List of Dates.
	Dates []time.Time
	// Folders leads back to itself, through Folder.
	Folders []*Folder
)

// Folder holds folders.
type Folder struct {
	_       hessian.Class `java:"lab.types.Folder"`
	Folders Folders
	ByName  map[string]Folder
}

// Point is used by value and by pointer.
type Point struct {
	_    hessian.Class `java:"lab.types.Point"`
	X, Y float64
}

// Node is part of a graph: an object that occurs twice stays one.
type Node struct {
	_        hessian.Class `java:"lab.types.Node"`
	Name     string
	Parent   *Node
	Children []*Node
}

// Scalars has a field of each simple type.
type Scalars struct {
	_       hessian.Class `java:"lab.types.Scalars"`
	Bool    bool
	Int8    int8
	Int16   int16
	Int32   int32
	Int64   int64
	Int     int `java:"longInt"` // int is a keyword in Java
	Float32 float32
	Float64 float64
	String  string
	Bytes   []byte
	Time    time.Time
	Level   Level
	Any     any
	Renamed string `java:"javaName"`
	Skipped string `java:"-"`
}

// Pointers has a field of each boxed type.
type Pointers struct {
	_       hessian.Class `java:"lab.types.Pointers"`
	Bool    *bool
	Int8    *int8
	Int16   *int16
	Int32   *int32
	Int64   *int64
	Int     *int `java:"longInt"`
	Float32 *float32
	Float64 *float64
	String  *string
	Time    *time.Time
	ID      *ID
	Point   *Point
}

// Containers has lists and maps as fields.
type Containers struct {
	_       hessian.Class `java:"lab.types.Containers"`
	Point   Point
	Strings []string
	Array   []int64          `java:"array,type=long[]"`
	Matrix  [][]float64      `java:"matrix,type=double[][]"`
	Set     []string         `java:"set,type=java.util.Set"`
	Tree    map[string]int32 `java:"tree,type=java.util.TreeMap"`
	Times   map[int16]Dates
	Boxes   []map[Level]*int32
	Points  map[string][]Point
	Any     []any
}

// Person is Manager's superclass in Java.
type Person struct {
	_    hessian.Class `java:"lab.types.Person"`
	Name string
	Born time.Time
}

// Manager embeds its superclass.
type Manager struct {
	_ hessian.Class `java:"lab.types.Manager"`
	Person
	Reports []*Person
}

// NotFoundError is a checked exception with a field of its own.
type NotFoundError struct {
	_  hessian.Class `java:"lab.types.NotFoundException"`
	ID ID
}

// Error says which ID there is not.
func (e *NotFoundError) Error() string { return fmt.Sprintf("no node %d", e.ID) }

// RefusedError is a checked exception that keeps Java's message and cause.
type RefusedError struct {
	_       hessian.Class `java:"lab.types.RefusedException"`
	Message string        `java:"detailMessage"`
	Cause   error         `java:"cause"`
	Level   Level
}

// Error returns the message.
func (e *RefusedError) Error() string { return e.Message }

// Unwrap returns the cause.
func (e *RefusedError) Unwrap() error { return e.Cause }

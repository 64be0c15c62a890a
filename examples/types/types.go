// Package types is a service that uses every Go type which gubbo-gen can map,
// with the Java type that it becomes. The package's tests send each of them
// over the wire and back.
package types

import (
	"context"
	"fmt"
	"time"

	"github.com/gubbo/gubbo/protocol/hessian"
)

//go:generate go run github.com/gubbo/gubbo/cmd/gubbo-gen .

// Everything has a method for each kind of value; most return what they get.
//
//gubbo:service lab.types.Everything version=1.0.0 group=types
type Everything interface {
	Bool(ctx context.Context, v bool) (bool, error)    // boolean
	Int8(ctx context.Context, v int8) (int8, error)    // byte
	Int16(ctx context.Context, v int16) (int16, error) // short
	Int32(ctx context.Context, v int32) (int32, error) // int
	Int64(ctx context.Context, v int64) (int64, error) // long
	//gubbo:method longInt
	Int(ctx context.Context, v int) (int, error)             // long
	Float32(ctx context.Context, v float32) (float32, error) // float
	Float64(ctx context.Context, v float64) (float64, error) // double
	String(ctx context.Context, v string) (string, error)    // String
	Bytes(ctx context.Context, v []byte) ([]byte, error)     // byte[]
	Time(ctx context.Context, v time.Time) (time.Time, error)
	Level(ctx context.Context, v Level) (Level, error)
	Any(ctx context.Context, v any) (any, error) // Object

	// A pointer is Java's box: nil is null.
	BoxedBool(ctx context.Context, v *bool) (*bool, error)
	BoxedInt8(ctx context.Context, v *int8) (*int8, error)
	BoxedInt16(ctx context.Context, v *int16) (*int16, error)
	BoxedInt32(ctx context.Context, v *int32) (*int32, error)
	BoxedInt64(ctx context.Context, v *int64) (*int64, error)
	BoxedInt(ctx context.Context, v *int) (*int, error)
	BoxedFloat32(ctx context.Context, v *float32) (*float32, error)
	BoxedFloat64(ctx context.Context, v *float64) (*float64, error)
	BoxedString(ctx context.Context, v *string) (*string, error)
	BoxedTime(ctx context.Context, v *time.Time) (*time.Time, error)
	BoxedID(ctx context.Context, v *ID) (*ID, error)

	// Named types travel as what they are made of.
	ID(ctx context.Context, v ID) (ID, error)
	Tags(ctx context.Context, v Tags) (Tags, error)
	Blob(ctx context.Context, v Blob) (Blob, error)
	Dates(ctx context.Context, v []Dates) ([]Dates, error)

	// A slice is a List unless types= and result= say that it is an array or a
	// set.
	List(ctx context.Context, v []int32) ([]int32, error)
	Strings(ctx context.Context, v []string) ([]string, error)
	Nested(ctx context.Context, v [][][]int64) ([][][]int64, error)
	Boxes(ctx context.Context, v []*int16) ([]*int16, error)
	Blobs(ctx context.Context, v [][]byte) ([][]byte, error)
	Objects(ctx context.Context, v []any) ([]any, error)
	Levels(ctx context.Context, v []Level) ([]Level, error)
	Points(ctx context.Context, v []Point) ([]Point, error)
	Nodes(ctx context.Context, v []*Node) ([]*Node, error)
	Rows(ctx context.Context, v []map[string][]int8) ([]map[string][]int8, error)

	//gubbo:method longs types=long[] result=long[]
	Longs(ctx context.Context, v []int64) ([]int64, error)
	//gubbo:method shorts types=short[] result=short[]
	Shorts(ctx context.Context, v []int16) ([]int16, error)
	//gubbo:method booleans types=boolean[] result=boolean[]
	Booleans(ctx context.Context, v []bool) ([]bool, error)
	//gubbo:method floats types=float[] result=float[]
	Floats(ctx context.Context, v []float32) ([]float32, error)
	//gubbo:method names types=java.lang.String[] result=java.lang.String[]
	Names(ctx context.Context, v []string) ([]string, error)
	//gubbo:method instants types=java.util.Date[] result=java.util.Date[]
	Instants(ctx context.Context, v []time.Time) ([]time.Time, error)
	//gubbo:method matrix types=int[][] result=int[][]
	Matrix(ctx context.Context, v [][]int32) ([][]int32, error)
	//gubbo:method polygon types=lab.types.Point[] result=lab.types.Point[]
	Polygon(ctx context.Context, v []*Point) ([]*Point, error)
	//gubbo:method set types=java.util.Set result=java.util.Set
	Set(ctx context.Context, v []string) ([]string, error)
	//gubbo:method sorted types=java.util.SortedMap result=java.util.SortedMap
	Sorted(ctx context.Context, v map[string]int64) (map[string]int64, error)
	//gubbo:method small types=java.lang.Short,char result=java.lang.Integer
	Small(ctx context.Context, n int32, letter string) (int32, error)

	// A map is a Map; its keys are strings, numbers, booleans or enums.
	Counts(ctx context.Context, v map[string]int32) (map[string]int32, error)
	ByNumber(ctx context.Context, v map[int64]string) (map[int64]string, error)
	ByByte(ctx context.Context, v map[int8]bool) (map[int8]bool, error)
	ByBool(ctx context.Context, v map[bool]float64) (map[bool]float64, error)
	ByLevel(ctx context.Context, v map[Level]Point) (map[Level]Point, error)
	ByID(ctx context.Context, v map[ID]*Node) (map[ID]*Node, error)
	Calendar(ctx context.Context, v map[string]map[int32][]time.Time) (map[string]map[int32][]time.Time, error)
	Properties(ctx context.Context, v map[string]any) (map[string]any, error)

	// Structs. Java has no objects by value, so Point and *Point are one to it.
	Point(ctx context.Context, v Point) (Point, error)
	Node(ctx context.Context, v *Node) (*Node, error)
	Scalars(ctx context.Context, v *Scalars) (*Scalars, error)
	Pointers(ctx context.Context, v *Pointers) (*Pointers, error)
	Containers(ctx context.Context, v *Containers) (*Containers, error)
	Manager(ctx context.Context, v *Manager) (*Manager, error)
	// Same says whether both arguments are one object.
	Same(ctx context.Context, a, b *Node) (bool, error)

	// Find and FindNamed are two methods of one name in Java.
	//
	//gubbo:method find idempotent timeout=2s throws=NotFound,Refused
	Find(ctx context.Context, id ID) (*Node, error)
	//gubbo:method find idempotent throws=NotFound
	FindNamed(ctx context.Context, name string) (*Node, error)
	//gubbo:method tell oneway
	Tell(ctx context.Context, what string) error
	// Told returns the last word that Tell got.
	Told(ctx context.Context) (string, error)
	Nothing(ctx context.Context) error
	Unnamed(context.Context, string, int32) error
}

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

// Named types.
type (
	ID    int64
	Tags  []string
	Blob  []byte
	Dates []time.Time
)

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
	Int     int
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
	Int     *int
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

// NotFound is a checked exception with a field of its own.
type NotFound struct {
	_  hessian.Class `java:"lab.types.NotFoundException"`
	ID ID
}

// Error says which ID there is not.
func (e *NotFound) Error() string { return fmt.Sprintf("no node %d", e.ID) }

// Refused is a checked exception that keeps Java's message and cause.
type Refused struct {
	_       hessian.Class `java:"lab.types.RefusedException"`
	Message string        `java:"detailMessage"`
	Cause   error         `java:"cause"`
	Level   Level
}

// Error returns the message.
func (e *Refused) Error() string { return e.Message }

// Unwrap returns the cause.
func (e *Refused) Unwrap() error { return e.Cause }

// Package types has services that use every Go type which gubbo-gen can map,
// with the Java type that it becomes: Everything has the types of Go itself,
// Library those that stand for classes of Java's library, Collections arrays,
// sets and maps, Relations what classes and methods are to each other. The
// package's tests send each of them over the wire and back.
package types

import (
	"context"
	"time"
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
	Folder(ctx context.Context, v Folder) (Folder, error)
	// Same says whether both arguments are one object.
	Same(ctx context.Context, a, b *Node) (bool, error)

	// Find and FindNamed are two methods of one name in Java.
	//
	//gubbo:method find idempotent timeout=2s throws=NotFoundError,RefusedError
	Find(ctx context.Context, id ID) (*Node, error)
	//gubbo:method find idempotent throws=NotFoundError
	FindNamed(ctx context.Context, name string) (*Node, error)
	//gubbo:method tell oneway
	Tell(ctx context.Context, what string) error
	// Told returns the last word that Tell got.
	Told(ctx context.Context) (string, error)
	Nothing(ctx context.Context) error
	Unnamed(context.Context, string, int32) error
}

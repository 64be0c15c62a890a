package types

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// echo returns what it gets.
type echo struct{ told chan string }

var _ Everything = (*echo)(nil)

func (*echo) Bool(_ context.Context, v bool) (bool, error)                  { return v, nil }
func (*echo) Int8(_ context.Context, v int8) (int8, error)                  { return v, nil }
func (*echo) Int16(_ context.Context, v int16) (int16, error)               { return v, nil }
func (*echo) Int32(_ context.Context, v int32) (int32, error)               { return v, nil }
func (*echo) Int64(_ context.Context, v int64) (int64, error)               { return v, nil }
func (*echo) Int(_ context.Context, v int) (int, error)                     { return v, nil }
func (*echo) Float32(_ context.Context, v float32) (float32, error)         { return v, nil }
func (*echo) Float64(_ context.Context, v float64) (float64, error)         { return v, nil }
func (*echo) String(_ context.Context, v string) (string, error)            { return v, nil }
func (*echo) Bytes(_ context.Context, v []byte) ([]byte, error)             { return v, nil }
func (*echo) Time(_ context.Context, v time.Time) (time.Time, error)        { return v, nil }
func (*echo) Level(_ context.Context, v Level) (Level, error)               { return v, nil }
func (*echo) Any(_ context.Context, v any) (any, error)                     { return v, nil }
func (*echo) BoxedBool(_ context.Context, v *bool) (*bool, error)           { return v, nil }
func (*echo) BoxedInt8(_ context.Context, v *int8) (*int8, error)           { return v, nil }
func (*echo) BoxedInt16(_ context.Context, v *int16) (*int16, error)        { return v, nil }
func (*echo) BoxedInt32(_ context.Context, v *int32) (*int32, error)        { return v, nil }
func (*echo) BoxedInt64(_ context.Context, v *int64) (*int64, error)        { return v, nil }
func (*echo) BoxedInt(_ context.Context, v *int) (*int, error)              { return v, nil }
func (*echo) BoxedFloat32(_ context.Context, v *float32) (*float32, error)  { return v, nil }
func (*echo) BoxedFloat64(_ context.Context, v *float64) (*float64, error)  { return v, nil }
func (*echo) BoxedString(_ context.Context, v *string) (*string, error)     { return v, nil }
func (*echo) BoxedTime(_ context.Context, v *time.Time) (*time.Time, error) { return v, nil }
func (*echo) BoxedID(_ context.Context, v *ID) (*ID, error)                 { return v, nil }
func (*echo) ID(_ context.Context, v ID) (ID, error)                        { return v, nil }
func (*echo) Tags(_ context.Context, v Tags) (Tags, error)                  { return v, nil }
func (*echo) Blob(_ context.Context, v Blob) (Blob, error)                  { return v, nil }
func (*echo) Dates(_ context.Context, v []Dates) ([]Dates, error)           { return v, nil }
func (*echo) List(_ context.Context, v []int32) ([]int32, error)            { return v, nil }
func (*echo) Strings(_ context.Context, v []string) ([]string, error)       { return v, nil }
func (*echo) Nested(_ context.Context, v [][][]int64) ([][][]int64, error)  { return v, nil }
func (*echo) Boxes(_ context.Context, v []*int16) ([]*int16, error)         { return v, nil }
func (*echo) Blobs(_ context.Context, v [][]byte) ([][]byte, error)         { return v, nil }
func (*echo) Objects(_ context.Context, v []any) ([]any, error)             { return v, nil }
func (*echo) Levels(_ context.Context, v []Level) ([]Level, error)          { return v, nil }
func (*echo) Points(_ context.Context, v []Point) ([]Point, error)          { return v, nil }
func (*echo) Nodes(_ context.Context, v []*Node) ([]*Node, error)           { return v, nil }
func (*echo) Rows(_ context.Context, v []map[string][]int8) ([]map[string][]int8, error) {
	return v, nil
}
func (*echo) Longs(_ context.Context, v []int64) ([]int64, error)                      { return v, nil }
func (*echo) Shorts(_ context.Context, v []int16) ([]int16, error)                     { return v, nil }
func (*echo) Booleans(_ context.Context, v []bool) ([]bool, error)                     { return v, nil }
func (*echo) Floats(_ context.Context, v []float32) ([]float32, error)                 { return v, nil }
func (*echo) Names(_ context.Context, v []string) ([]string, error)                    { return v, nil }
func (*echo) Instants(_ context.Context, v []time.Time) ([]time.Time, error)           { return v, nil }
func (*echo) Matrix(_ context.Context, v [][]int32) ([][]int32, error)                 { return v, nil }
func (*echo) Polygon(_ context.Context, v []*Point) ([]*Point, error)                  { return v, nil }
func (*echo) Set(_ context.Context, v []string) ([]string, error)                      { return v, nil }
func (*echo) Sorted(_ context.Context, v map[string]int64) (map[string]int64, error)   { return v, nil }
func (*echo) Counts(_ context.Context, v map[string]int32) (map[string]int32, error)   { return v, nil }
func (*echo) ByNumber(_ context.Context, v map[int64]string) (map[int64]string, error) { return v, nil }
func (*echo) ByByte(_ context.Context, v map[int8]bool) (map[int8]bool, error)         { return v, nil }
func (*echo) ByBool(_ context.Context, v map[bool]float64) (map[bool]float64, error)   { return v, nil }
func (*echo) ByLevel(_ context.Context, v map[Level]Point) (map[Level]Point, error)    { return v, nil }
func (*echo) ByID(_ context.Context, v map[ID]*Node) (map[ID]*Node, error)             { return v, nil }
func (*echo) Calendar(_ context.Context, v map[string]map[int32][]time.Time) (map[string]map[int32][]time.Time, error) {
	return v, nil
}
func (*echo) Properties(_ context.Context, v map[string]any) (map[string]any, error) { return v, nil }
func (*echo) Point(_ context.Context, v Point) (Point, error)                        { return v, nil }
func (*echo) Node(_ context.Context, v *Node) (*Node, error)                         { return v, nil }
func (*echo) Scalars(_ context.Context, v *Scalars) (*Scalars, error)                { return v, nil }
func (*echo) Pointers(_ context.Context, v *Pointers) (*Pointers, error)             { return v, nil }
func (*echo) Containers(_ context.Context, v *Containers) (*Containers, error)       { return v, nil }
func (*echo) Manager(_ context.Context, v *Manager) (*Manager, error)                { return v, nil }
func (*echo) Folder(_ context.Context, v Folder) (Folder, error)                     { return v, nil }

func (*echo) Small(_ context.Context, n int32, letter string) (int32, error) {
	return n + int32(len(letter)), nil
}

func (*echo) Same(_ context.Context, a, b *Node) (bool, error) { return a == b, nil }

func (*echo) Find(_ context.Context, id ID) (*Node, error) {
	switch id {
	case -1:
		return nil, &RefusedError{Message: "too low", Cause: &NotFoundError{ID: id}, Level: High}
	case -2:
		return nil, &RefusedError{Message: "too low"}
	}
	return nil, &NotFoundError{ID: id}
}

func (*echo) FindNamed(_ context.Context, name string) (*Node, error) {
	if name == "" {
		return nil, errors.New("a name is needed")
	}
	return nil, &NotFoundError{}
}

func (e *echo) Tell(_ context.Context, what string) error {
	e.told <- what
	return nil
}

func (e *echo) Told(context.Context) (string, error) { return <-e.told, nil }

func (*echo) Nothing(context.Context) error { return nil }

func (*echo) Unnamed(_ context.Context, s string, n int32) error {
	if s == "a" && n == 1 {
		return nil
	}
	return fmt.Errorf("got %s %d", s, n)
}

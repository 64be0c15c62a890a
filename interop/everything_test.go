package interop

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/gubbo/gubbo/examples/types"
	"github.com/gubbo/gubbo/protocol/hessian"
	"github.com/gubbo/gubbo/provider"
)

// everything is the service on the Go side; Echo.java is its twin.
type everything struct{ told chan string }

var _ types.Everything = (*everything)(nil)

func newEverything() *everything { return &everything{told: make(chan string, 16)} }

// unchecked is the case of an argument that is none of cases.txt.
const unchecked = "none"

// echo returns v if it is what the call's case must be.
func echo[T any](ctx context.Context, v T) (T, error) {
	name := provider.CallFrom(ctx).Attachment(caseAttachment)
	if name == unchecked {
		return v, nil
	}
	return v, typeConstants().check("the provider got", name, v)
}

func (e *everything) Small(_ context.Context, n int32, letter string) (int32, error) {
	return n + int32(letter[0]), nil
}

func (e *everything) Same(_ context.Context, a, b *types.Node) (bool, error) { return a == b, nil }

func (e *everything) Find(_ context.Context, id types.ID) (*types.Node, error) {
	switch id {
	case -1:
		return nil, &types.RefusedError{Message: "too low", Cause: &types.NotFoundError{ID: id}, Level: types.High}
	case -2:
		return nil, &types.RefusedError{Message: "too low"}
	case -3:
		return nil, errors.New("plain")
	case -4:
		return nil, &hessian.Exception{Class: "java.lang.StackOverflowError", Message: "deep"}
	case -5:
		return nil, &hessian.Exception{Class: "java.lang.IllegalStateException"}
	}
	return nil, &types.NotFoundError{ID: id}
}

func (e *everything) FindNamed(_ context.Context, name string) (*types.Node, error) {
	return &types.Node{Name: name}, nil
}

func (e *everything) Tell(_ context.Context, what string) error {
	e.told <- what
	return nil
}

func (e *everything) Told(ctx context.Context) (string, error) {
	select {
	case what := <-e.told:
		return what, nil
	case <-time.After(5 * time.Second):
		return "", fmt.Errorf("nothing was told")
	}
}

func (e *everything) Nothing(context.Context) error { return nil }

func (e *everything) Unnamed(_ context.Context, text string, number int32) error {
	if text != "a" || number != 1 {
		return fmt.Errorf("got %s %d", text, number)
	}
	return nil
}

func (*everything) Bool(ctx context.Context, v bool) (bool, error) {
	return echo(ctx, v)
}

func (*everything) Int8(ctx context.Context, v int8) (int8, error) {
	return echo(ctx, v)
}

func (*everything) Int16(ctx context.Context, v int16) (int16, error) {
	return echo(ctx, v)
}

func (*everything) Int32(ctx context.Context, v int32) (int32, error) {
	return echo(ctx, v)
}

func (*everything) Int64(ctx context.Context, v int64) (int64, error) {
	return echo(ctx, v)
}

func (*everything) Int(ctx context.Context, v int) (int, error) {
	return echo(ctx, v)
}

func (*everything) Float32(ctx context.Context, v float32) (float32, error) {
	return echo(ctx, v)
}

func (*everything) Float64(ctx context.Context, v float64) (float64, error) {
	return echo(ctx, v)
}

func (*everything) String(ctx context.Context, v string) (string, error) {
	return echo(ctx, v)
}

func (*everything) Bytes(ctx context.Context, v []byte) ([]byte, error) {
	return echo(ctx, v)
}

func (*everything) Time(ctx context.Context, v time.Time) (time.Time, error) {
	return echo(ctx, v)
}

func (*everything) Level(ctx context.Context, v types.Level) (types.Level, error) {
	return echo(ctx, v)
}

func (*everything) Any(ctx context.Context, v any) (any, error) {
	return echo(ctx, v)
}

func (*everything) BoxedBool(ctx context.Context, v *bool) (*bool, error) {
	return echo(ctx, v)
}

func (*everything) BoxedInt8(ctx context.Context, v *int8) (*int8, error) {
	return echo(ctx, v)
}

func (*everything) BoxedInt16(ctx context.Context, v *int16) (*int16, error) {
	return echo(ctx, v)
}

func (*everything) BoxedInt32(ctx context.Context, v *int32) (*int32, error) {
	return echo(ctx, v)
}

func (*everything) BoxedInt64(ctx context.Context, v *int64) (*int64, error) {
	return echo(ctx, v)
}

func (*everything) BoxedInt(ctx context.Context, v *int) (*int, error) {
	return echo(ctx, v)
}

func (*everything) BoxedFloat32(ctx context.Context, v *float32) (*float32, error) {
	return echo(ctx, v)
}

func (*everything) BoxedFloat64(ctx context.Context, v *float64) (*float64, error) {
	return echo(ctx, v)
}

func (*everything) BoxedString(ctx context.Context, v *string) (*string, error) {
	return echo(ctx, v)
}

func (*everything) BoxedTime(ctx context.Context, v *time.Time) (*time.Time, error) {
	return echo(ctx, v)
}

func (*everything) BoxedID(ctx context.Context, v *types.ID) (*types.ID, error) {
	return echo(ctx, v)
}

func (*everything) ID(ctx context.Context, v types.ID) (types.ID, error) {
	return echo(ctx, v)
}

func (*everything) Tags(ctx context.Context, v types.Tags) (types.Tags, error) {
	return echo(ctx, v)
}

func (*everything) Blob(ctx context.Context, v types.Blob) (types.Blob, error) {
	return echo(ctx, v)
}

func (*everything) Dates(ctx context.Context, v []types.Dates) ([]types.Dates, error) {
	return echo(ctx, v)
}

func (*everything) List(ctx context.Context, v []int32) ([]int32, error) {
	return echo(ctx, v)
}

func (*everything) Strings(ctx context.Context, v []string) ([]string, error) {
	return echo(ctx, v)
}

func (*everything) Nested(ctx context.Context, v [][][]int64) ([][][]int64, error) {
	return echo(ctx, v)
}

func (*everything) Boxes(ctx context.Context, v []*int16) ([]*int16, error) {
	return echo(ctx, v)
}

func (*everything) Blobs(ctx context.Context, v [][]byte) ([][]byte, error) {
	return echo(ctx, v)
}

func (*everything) Objects(ctx context.Context, v []any) ([]any, error) {
	return echo(ctx, v)
}

func (*everything) Levels(ctx context.Context, v []types.Level) ([]types.Level, error) {
	return echo(ctx, v)
}

func (*everything) Points(ctx context.Context, v []types.Point) ([]types.Point, error) {
	return echo(ctx, v)
}

func (*everything) Nodes(ctx context.Context, v []*types.Node) ([]*types.Node, error) {
	return echo(ctx, v)
}

func (*everything) Rows(ctx context.Context, v []map[string][]int8) ([]map[string][]int8, error) {
	return echo(ctx, v)
}

func (*everything) Longs(ctx context.Context, v []int64) ([]int64, error) {
	return echo(ctx, v)
}

func (*everything) Shorts(ctx context.Context, v []int16) ([]int16, error) {
	return echo(ctx, v)
}

func (*everything) Booleans(ctx context.Context, v []bool) ([]bool, error) {
	return echo(ctx, v)
}

func (*everything) Floats(ctx context.Context, v []float32) ([]float32, error) {
	return echo(ctx, v)
}

func (*everything) Names(ctx context.Context, v []string) ([]string, error) {
	return echo(ctx, v)
}

func (*everything) Instants(ctx context.Context, v []time.Time) ([]time.Time, error) {
	return echo(ctx, v)
}

func (*everything) Matrix(ctx context.Context, v [][]int32) ([][]int32, error) {
	return echo(ctx, v)
}

func (*everything) Polygon(ctx context.Context, v []*types.Point) ([]*types.Point, error) {
	return echo(ctx, v)
}

func (*everything) Set(ctx context.Context, v []string) ([]string, error) {
	return echo(ctx, v)
}

func (*everything) Sorted(ctx context.Context, v map[string]int64) (map[string]int64, error) {
	return echo(ctx, v)
}

func (*everything) Counts(ctx context.Context, v map[string]int32) (map[string]int32, error) {
	return echo(ctx, v)
}

func (*everything) ByNumber(ctx context.Context, v map[int64]string) (map[int64]string, error) {
	return echo(ctx, v)
}

func (*everything) ByByte(ctx context.Context, v map[int8]bool) (map[int8]bool, error) {
	return echo(ctx, v)
}

func (*everything) ByBool(ctx context.Context, v map[bool]float64) (map[bool]float64, error) {
	return echo(ctx, v)
}

func (*everything) ByLevel(ctx context.Context, v map[types.Level]types.Point) (map[types.Level]types.Point, error) {
	return echo(ctx, v)
}

func (*everything) ByID(ctx context.Context, v map[types.ID]*types.Node) (map[types.ID]*types.Node, error) {
	return echo(ctx, v)
}

func (*everything) Calendar(ctx context.Context, v map[string]map[int32][]time.Time) (map[string]map[int32][]time.Time, error) {
	return echo(ctx, v)
}

func (*everything) Properties(ctx context.Context, v map[string]any) (map[string]any, error) {
	return echo(ctx, v)
}

func (*everything) Point(ctx context.Context, v types.Point) (types.Point, error) {
	return echo(ctx, v)
}

func (*everything) Node(ctx context.Context, v *types.Node) (*types.Node, error) {
	return echo(ctx, v)
}

func (*everything) Scalars(ctx context.Context, v *types.Scalars) (*types.Scalars, error) {
	return echo(ctx, v)
}

func (*everything) Pointers(ctx context.Context, v *types.Pointers) (*types.Pointers, error) {
	return echo(ctx, v)
}

func (*everything) Containers(ctx context.Context, v *types.Containers) (*types.Containers, error) {
	return echo(ctx, v)
}

func (*everything) Manager(ctx context.Context, v *types.Manager) (*types.Manager, error) {
	return echo(ctx, v)
}

func (*everything) Folder(ctx context.Context, v types.Folder) (types.Folder, error) {
	return echo(ctx, v)
}

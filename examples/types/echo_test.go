package types

import (
	"context"
	"errors"
	"fmt"
	"math/big"
	"time"

	"github.com/gubbo/gubbo/examples/types/geo"
	"github.com/gubbo/gubbo/protocol/hessian"
)

// echo returns what it gets.
type echo struct{ told chan string }

var (
	_ Everything  = (*echo)(nil)
	_ Library     = (*echo)(nil)
	_ Collections = (*echo)(nil)
	_ Relations   = (*echo)(nil)
)

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

func (*echo) Letter(_ context.Context, v hessian.Char) (hessian.Char, error) { return v, nil }
func (*echo) Chars(_ context.Context, v string) (string, error)              { return v, nil }
func (*echo) BigInteger(_ context.Context, v *big.Int) (*big.Int, error)     { return v, nil }
func (*echo) BigDecimal(_ context.Context, v hessian.BigDecimal) (hessian.BigDecimal, error) {
	return v, nil
}
func (*echo) UUID(_ context.Context, v hessian.UUID) (hessian.UUID, error)             { return v, nil }
func (*echo) Locale(_ context.Context, v hessian.Locale) (hessian.Locale, error)       { return v, nil }
func (*echo) Currency(_ context.Context, v hessian.Currency) (hessian.Currency, error) { return v, nil }
func (*echo) BitSet(_ context.Context, v hessian.BitSet) (hessian.BitSet, error)       { return v, nil }
func (*echo) GregorianCalendar(_ context.Context, v hessian.Calendar) (hessian.Calendar, error) {
	return v, nil
}
func (*echo) SQLDate(_ context.Context, v hessian.SQLDate) (hessian.SQLDate, error) { return v, nil }
func (*echo) SQLTime(_ context.Context, v hessian.SQLTime) (hessian.SQLTime, error) { return v, nil }
func (*echo) Timestamp(_ context.Context, v hessian.Timestamp) (hessian.Timestamp, error) {
	return v, nil
}
func (*echo) LocalDate(_ context.Context, v hessian.LocalDate) (hessian.LocalDate, error) {
	return v, nil
}
func (*echo) LocalTime(_ context.Context, v hessian.LocalTime) (hessian.LocalTime, error) {
	return v, nil
}
func (*echo) LocalDateTime(_ context.Context, v hessian.LocalDateTime) (hessian.LocalDateTime, error) {
	return v, nil
}
func (*echo) Instant(_ context.Context, v hessian.Instant) (hessian.Instant, error) { return v, nil }
func (*echo) Duration(_ context.Context, v time.Duration) (time.Duration, error)    { return v, nil }
func (*echo) LongDuration(_ context.Context, v hessian.Duration) (hessian.Duration, error) {
	return v, nil
}
func (*echo) Period(_ context.Context, v hessian.Period) (hessian.Period, error) { return v, nil }
func (*echo) Year(_ context.Context, v hessian.Year) (hessian.Year, error)       { return v, nil }
func (*echo) YearMonth(_ context.Context, v hessian.YearMonth) (hessian.YearMonth, error) {
	return v, nil
}
func (*echo) MonthDay(_ context.Context, v hessian.MonthDay) (hessian.MonthDay, error) { return v, nil }
func (*echo) ZoneID(_ context.Context, v hessian.ZoneID) (hessian.ZoneID, error)       { return v, nil }
func (*echo) ZoneOffset(_ context.Context, v hessian.ZoneOffset) (hessian.ZoneOffset, error) {
	return v, nil
}
func (*echo) OffsetDateTime(_ context.Context, v hessian.OffsetDateTime) (hessian.OffsetDateTime, error) {
	return v, nil
}
func (*echo) OffsetTime(_ context.Context, v hessian.OffsetTime) (hessian.OffsetTime, error) {
	return v, nil
}
func (*echo) ZonedDateTime(_ context.Context, v hessian.ZonedDateTime) (hessian.ZonedDateTime, error) {
	return v, nil
}
func (*echo) Moment(_ context.Context, v time.Time) (time.Time, error)            { return v, nil }
func (*echo) Values(_ context.Context, v *Values) (*Values, error)                { return v, nil }
func (*echo) BoxedChar(_ context.Context, v *hessian.Char) (*hessian.Char, error) { return v, nil }
func (*echo) BoxedLocalTime(_ context.Context, v *hessian.LocalTime) (*hessian.LocalTime, error) {
	return v, nil
}
func (*echo) Integers(_ context.Context, v []*int32) ([]*int32, error)               { return v, nil }
func (*echo) Characters(_ context.Context, v []hessian.Char) ([]hessian.Char, error) { return v, nil }
func (*echo) Ints(_ context.Context, v []int32) ([]int32, error)                     { return v, nil }
func (*echo) Doubles(_ context.Context, v []float64) ([]float64, error)              { return v, nil }
func (*echo) BlobArray(_ context.Context, v [][]byte) ([][]byte, error)              { return v, nil }
func (*echo) Table(_ context.Context, v [][]string) ([][]string, error)              { return v, nil }
func (*echo) Cube(_ context.Context, v [][][]int64) ([][][]int64, error)             { return v, nil }
func (*echo) Array(_ context.Context, v []any) ([]any, error)                        { return v, nil }
func (*echo) LevelArray(_ context.Context, v []Level) ([]Level, error)               { return v, nil }
func (*echo) Decimals(_ context.Context, v []hessian.BigDecimal) ([]hessian.BigDecimal, error) {
	return v, nil
}
func (*echo) ListArray(_ context.Context, v [][]string) ([][]string, error) { return v, nil }
func (*echo) Collection(_ context.Context, v []string) ([]string, error)    { return v, nil }
func (*echo) LinkedList(_ context.Context, v []int32) ([]int32, error)      { return v, nil }
func (*echo) Unique(_ context.Context, v map[string]struct{}) (map[string]struct{}, error) {
	return v, nil
}
func (*echo) SortedSet(_ context.Context, v map[int64]struct{}) (map[int64]struct{}, error) {
	return v, nil
}
func (*echo) LevelSet(_ context.Context, v map[Level]struct{}) (map[Level]struct{}, error) {
	return v, nil
}
func (*echo) ByUUID(_ context.Context, v map[hessian.UUID]string) (map[hessian.UUID]string, error) {
	return v, nil
}
func (*echo) ByDay(_ context.Context, v map[hessian.LocalDate]int32) (map[hessian.LocalDate]int32, error) {
	return v, nil
}
func (*echo) ByPoint(_ context.Context, v map[Point]string) (map[Point]string, error) { return v, nil }
func (*echo) Ordered(_ context.Context, v hessian.Pairs[string, int32]) (hessian.Pairs[string, int32], error) {
	return v, nil
}
func (*echo) Linked(_ context.Context, v hessian.Pairs[any, any]) (hessian.Pairs[any, any], error) {
	return v, nil
}
func (*echo) Concurrent(_ context.Context, v map[string]int32) (map[string]int32, error) {
	return v, nil
}
func (*echo) LongRows(_ context.Context, v map[string][]int64) (map[string][]int64, error) {
	return v, nil
}
func (*echo) Groups(_ context.Context, v [][]string) ([][]string, error)    { return v, nil }
func (*echo) Director(_ context.Context, v *Director) (*Director, error)    { return v, nil }
func (*echo) Animal(_ context.Context, v Animal) (Animal, error)            { return v, nil }
func (*echo) Animals(_ context.Context, v []Animal) ([]Animal, error)       { return v, nil }
func (*echo) Kennel(_ context.Context, v *Kennel) (*Kennel, error)          { return v, nil }
func (*echo) PointPage(_ context.Context, v *PointPage) (*PointPage, error) { return v, nil }
func (*echo) WordPage(_ context.Context, v *WordPage) (*WordPage, error)    { return v, nil }
func (*echo) Problem(_ context.Context, v error) (error, error)             { return v, nil }
func (*echo) Place(_ context.Context, v *geo.Place) (*geo.Place, error)     { return v, nil }
func (*echo) Kinds(_ context.Context, v map[geo.Kind][]geo.Place) (map[geo.Kind][]geo.Place, error) {
	return v, nil
}
func (*echo) Shop(_ context.Context, v *Shop) (*Shop, error) { return v, nil }

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

func (*echo) Nest(_ context.Context, v *Nest) (*Nest, error) { return v, nil }

func (*echo) FindPlace(_ context.Context, name string, kind geo.Kind) (*geo.Place, error) {
	return nil, &geo.LostError{Message: "no " + name, Last: &geo.Place{Name: "home", Kind: kind}}
}

func (*echo) Remove(_ context.Context, id ID) error {
	return &GoneError{NotFoundError: NotFoundError{ID: id}, Since: day}
}

func (*echo) Rename(_ context.Context, id int64, name string) (string, error) {
	return fmt.Sprintf("%d %s", id, name), nil
}

func (*echo) RenameStrict(_ context.Context, id int64, name string, check bool) (string, error) {
	return fmt.Sprintf("%d %s %v", id, name, check), nil
}

func (*echo) RenameBoxed(_ context.Context, id *int64, name any) (string, error) {
	if id == nil {
		return fmt.Sprintf("none %v", name), nil
	}
	return fmt.Sprintf("boxed %d %v", *id, name), nil
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

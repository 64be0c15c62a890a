package interop

import (
	"context"
	"fmt"
	"math/big"
	"time"

	"github.com/gubbo/gubbo/examples/types"
	"github.com/gubbo/gubbo/examples/types/geo"
	"github.com/gubbo/gubbo/protocol/hessian"
)

// library, collections and relations are the other services on the Go side.
type (
	library     struct{}
	collections struct{}
	relations   struct{}
)

var (
	_ types.Library     = library{}
	_ types.Collections = collections{}
	_ types.Relations   = relations{}
)

func (relations) Problem(_ context.Context, v error) (error, error) { return v, nil }

func (relations) FindPlace(_ context.Context, name string, kind geo.Kind) (*geo.Place, error) {
	return nil, &geo.LostError{Message: "no " + name, Last: &geo.Place{Name: name, Kind: kind}}
}

func (relations) Remove(_ context.Context, id types.ID) error {
	if id == 5 {
		return &types.GoneError{NotFoundError: types.NotFoundError{ID: id}, Since: day}
	}
	return &types.NotFoundError{ID: id}
}

func (relations) Rename(_ context.Context, id int64, name string) (string, error) {
	return fmt.Sprint(id, " ", name), nil
}

func (relations) RenameStrict(_ context.Context, id int64, name string, check bool) (string, error) {
	return fmt.Sprint(id, " ", name, " ", check), nil
}

func (relations) RenameBoxed(_ context.Context, id *int64, name any) (string, error) {
	return fmt.Sprint("boxed ", *id, " ", name), nil
}

func (library) Letter(ctx context.Context, v hessian.Char) (hessian.Char, error) {
	return echo(ctx, v)
}

func (library) BoxedChar(ctx context.Context, v *hessian.Char) (*hessian.Char, error) {
	return echo(ctx, v)
}

func (library) Chars(ctx context.Context, v string) (string, error) {
	return echo(ctx, v)
}

func (library) BigInteger(ctx context.Context, v *big.Int) (*big.Int, error) {
	return echo(ctx, v)
}

func (library) BigDecimal(ctx context.Context, v hessian.BigDecimal) (hessian.BigDecimal, error) {
	return echo(ctx, v)
}

func (library) UUID(ctx context.Context, v hessian.UUID) (hessian.UUID, error) {
	return echo(ctx, v)
}

func (library) Locale(ctx context.Context, v hessian.Locale) (hessian.Locale, error) {
	return echo(ctx, v)
}

func (library) Currency(ctx context.Context, v hessian.Currency) (hessian.Currency, error) {
	return echo(ctx, v)
}

func (library) BitSet(ctx context.Context, v hessian.BitSet) (hessian.BitSet, error) {
	return echo(ctx, v)
}

func (library) GregorianCalendar(ctx context.Context, v hessian.Calendar) (hessian.Calendar, error) {
	return echo(ctx, v)
}

func (library) Timestamp(ctx context.Context, v hessian.Timestamp) (hessian.Timestamp, error) {
	return echo(ctx, v)
}

func (library) SQLDate(ctx context.Context, v hessian.SQLDate) (hessian.SQLDate, error) {
	return echo(ctx, v)
}

func (library) SQLTime(ctx context.Context, v hessian.SQLTime) (hessian.SQLTime, error) {
	return echo(ctx, v)
}

func (library) LocalDate(ctx context.Context, v hessian.LocalDate) (hessian.LocalDate, error) {
	return echo(ctx, v)
}

func (library) LocalTime(ctx context.Context, v hessian.LocalTime) (hessian.LocalTime, error) {
	return echo(ctx, v)
}

func (library) LocalDateTime(ctx context.Context, v hessian.LocalDateTime) (hessian.LocalDateTime, error) {
	return echo(ctx, v)
}

func (library) Instant(ctx context.Context, v hessian.Instant) (hessian.Instant, error) {
	return echo(ctx, v)
}

func (library) Duration(ctx context.Context, v time.Duration) (time.Duration, error) {
	return echo(ctx, v)
}

func (library) LongDuration(ctx context.Context, v hessian.Duration) (hessian.Duration, error) {
	return echo(ctx, v)
}

func (library) Period(ctx context.Context, v hessian.Period) (hessian.Period, error) {
	return echo(ctx, v)
}

func (library) Year(ctx context.Context, v hessian.Year) (hessian.Year, error) {
	return echo(ctx, v)
}

func (library) YearMonth(ctx context.Context, v hessian.YearMonth) (hessian.YearMonth, error) {
	return echo(ctx, v)
}

func (library) MonthDay(ctx context.Context, v hessian.MonthDay) (hessian.MonthDay, error) {
	return echo(ctx, v)
}

func (library) ZoneID(ctx context.Context, v hessian.ZoneID) (hessian.ZoneID, error) {
	return echo(ctx, v)
}

func (library) ZoneOffset(ctx context.Context, v hessian.ZoneOffset) (hessian.ZoneOffset, error) {
	return echo(ctx, v)
}

func (library) OffsetDateTime(ctx context.Context, v hessian.OffsetDateTime) (hessian.OffsetDateTime, error) {
	return echo(ctx, v)
}

func (library) OffsetTime(ctx context.Context, v hessian.OffsetTime) (hessian.OffsetTime, error) {
	return echo(ctx, v)
}

func (library) ZonedDateTime(ctx context.Context, v hessian.ZonedDateTime) (hessian.ZonedDateTime, error) {
	return echo(ctx, v)
}

func (library) BoxedLocalTime(ctx context.Context, v *hessian.LocalTime) (*hessian.LocalTime, error) {
	return echo(ctx, v)
}

func (library) Moment(ctx context.Context, v time.Time) (time.Time, error) {
	return echo(ctx, v)
}

func (library) Values(ctx context.Context, v *types.Values) (*types.Values, error) {
	return echo(ctx, v)
}

func (collections) Integers(ctx context.Context, v []*int32) ([]*int32, error) {
	return echo(ctx, v)
}

func (collections) Characters(ctx context.Context, v []hessian.Char) ([]hessian.Char, error) {
	return echo(ctx, v)
}

func (collections) Ints(ctx context.Context, v []int32) ([]int32, error) {
	return echo(ctx, v)
}

func (collections) Doubles(ctx context.Context, v []float64) ([]float64, error) {
	return echo(ctx, v)
}

func (collections) BlobArray(ctx context.Context, v [][]byte) ([][]byte, error) {
	return echo(ctx, v)
}

func (collections) Table(ctx context.Context, v [][]string) ([][]string, error) {
	return echo(ctx, v)
}

func (collections) Cube(ctx context.Context, v [][][]int64) ([][][]int64, error) {
	return echo(ctx, v)
}

func (collections) Array(ctx context.Context, v []any) ([]any, error) {
	return echo(ctx, v)
}

func (collections) LevelArray(ctx context.Context, v []types.Level) ([]types.Level, error) {
	return echo(ctx, v)
}

func (collections) Decimals(ctx context.Context, v []hessian.BigDecimal) ([]hessian.BigDecimal, error) {
	return echo(ctx, v)
}

func (collections) ListArray(ctx context.Context, v [][]string) ([][]string, error) {
	return echo(ctx, v)
}

func (collections) Collection(ctx context.Context, v []string) ([]string, error) {
	return echo(ctx, v)
}

func (collections) LinkedList(ctx context.Context, v []int32) ([]int32, error) {
	return echo(ctx, v)
}

func (collections) Unique(ctx context.Context, v map[string]struct{}) (map[string]struct{}, error) {
	return echo(ctx, v)
}

func (collections) SortedSet(ctx context.Context, v map[int64]struct{}) (map[int64]struct{}, error) {
	return echo(ctx, v)
}

func (collections) LevelSet(ctx context.Context, v map[types.Level]struct{}) (map[types.Level]struct{}, error) {
	return echo(ctx, v)
}

func (collections) Ordered(ctx context.Context, v hessian.Pairs[string, int32]) (hessian.Pairs[string, int32], error) {
	return echo(ctx, v)
}

func (collections) Linked(ctx context.Context, v hessian.Pairs[any, any]) (hessian.Pairs[any, any], error) {
	return echo(ctx, v)
}

func (collections) ByUUID(ctx context.Context, v map[hessian.UUID]string) (map[hessian.UUID]string, error) {
	return echo(ctx, v)
}

func (collections) ByDay(ctx context.Context, v map[hessian.LocalDate]int32) (map[hessian.LocalDate]int32, error) {
	return echo(ctx, v)
}

func (collections) ByPoint(ctx context.Context, v map[types.Point]string) (map[types.Point]string, error) {
	return echo(ctx, v)
}

func (collections) Concurrent(ctx context.Context, v map[string]int32) (map[string]int32, error) {
	return echo(ctx, v)
}

func (collections) LongRows(ctx context.Context, v map[string][]int64) (map[string][]int64, error) {
	return echo(ctx, v)
}

func (collections) Groups(ctx context.Context, v [][]string) ([][]string, error) {
	return echo(ctx, v)
}

func (collections) Nest(ctx context.Context, v *types.Nest) (*types.Nest, error) {
	return echo(ctx, v)
}

func (relations) Director(ctx context.Context, v *types.Director) (*types.Director, error) {
	return echo(ctx, v)
}

func (relations) Animal(ctx context.Context, v types.Animal) (types.Animal, error) {
	return echo(ctx, v)
}

func (relations) Animals(ctx context.Context, v []types.Animal) ([]types.Animal, error) {
	return echo(ctx, v)
}

func (relations) Kennel(ctx context.Context, v *types.Kennel) (*types.Kennel, error) {
	return echo(ctx, v)
}

func (relations) PointPage(ctx context.Context, v *types.PointPage) (*types.PointPage, error) {
	return echo(ctx, v)
}

func (relations) WordPage(ctx context.Context, v *types.WordPage) (*types.WordPage, error) {
	return echo(ctx, v)
}

func (relations) Place(ctx context.Context, v *geo.Place) (*geo.Place, error) {
	return echo(ctx, v)
}

func (relations) Kinds(ctx context.Context, v map[geo.Kind][]geo.Place) (map[geo.Kind][]geo.Place, error) {
	return echo(ctx, v)
}

func (relations) Shop(ctx context.Context, v *types.Shop) (*types.Shop, error) {
	return echo(ctx, v)
}

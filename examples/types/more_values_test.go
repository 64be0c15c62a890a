package types

import (
	"math"
	"math/big"
	"time"

	"github.com/gubbo/gubbo/api"
	"github.com/gubbo/gubbo/examples/types/geo"
	"github.com/gubbo/gubbo/protocol/hessian"
)

var dateTime = hessian.LocalDateTime{Date: hessian.LocalDate{Year: 2026, Month: 11, Day: 24}, Time: hessian.LocalTime{Hour: 23, Minute: 59, Second: 1, Nano: 5}}

func sendLibrary(tr trip, c *LibraryClient) {
	send(tr, "Letter", c.Letter,
		func(v hessian.Char) api.Args { return &libraryLetterArgs{v} }, func(v hessian.Char) hessian.Body { return &libraryLetterReply{v} },
		0, 'a', 'é', '世', 0xd83d, 0xffff)
	send(tr, "BoxedChar", c.BoxedChar,
		func(v *hessian.Char) api.Args { return &libraryBoxedCharArgs{v} }, func(v *hessian.Char) hessian.Body { return &libraryBoxedCharReply{v} },
		nil, new(hessian.Char('x')))
	send(tr, "BoxedLocalTime", c.BoxedLocalTime,
		func(v *hessian.LocalTime) api.Args { return &libraryBoxedLocalTimeArgs{v} }, func(v *hessian.LocalTime) hessian.Body { return &libraryBoxedLocalTimeReply{v} },
		nil, &hessian.LocalTime{}, &hessian.LocalTime{Hour: 1})
	send(tr, "BigInteger", c.BigInteger,
		func(v *big.Int) api.Args { return &libraryBigIntegerArgs{v} }, func(v *big.Int) hessian.Body { return &libraryBigIntegerReply{v} },
		nil, big.NewInt(-255), new(big.Int).Lsh(big.NewInt(3), 100))
	send(tr, "BigDecimal", c.BigDecimal,
		func(v hessian.BigDecimal) api.Args { return &libraryBigDecimalArgs{v} }, func(v hessian.BigDecimal) hessian.Body { return &libraryBigDecimalReply{v} },
		"", "0", "-12.50", "1E+10")
	send(tr, "UUID", c.UUID,
		func(v hessian.UUID) api.Args { return &libraryUUIDArgs{v} }, func(v hessian.UUID) hessian.Body { return &libraryUUIDReply{v} },
		hessian.UUID{}, hessian.UUID{1, 15: 2})
	send(tr, "Locale", c.Locale,
		func(v hessian.Locale) api.Args { return &libraryLocaleArgs{v} }, func(v hessian.Locale) hessian.Body { return &libraryLocaleReply{v} },
		"", "zh_CN")
	send(tr, "Currency", c.Currency,
		func(v hessian.Currency) api.Args { return &libraryCurrencyArgs{v} }, func(v hessian.Currency) hessian.Body { return &libraryCurrencyReply{v} },
		"", "EUR")
	send(tr, "BitSet", c.BitSet,
		func(v hessian.BitSet) api.Args { return &libraryBitSetArgs{v} }, func(v hessian.BitSet) hessian.Body { return &libraryBitSetReply{v} },
		nil, hessian.BitSet{5, 1 << 63})
	send(tr, "GregorianCalendar", c.GregorianCalendar,
		func(v hessian.Calendar) api.Args { return &libraryGregorianCalendarArgs{v} }, func(v hessian.Calendar) hessian.Body { return &libraryGregorianCalendarReply{v} },
		hessian.Calendar{}, hessian.Calendar{Time: day})
	send(tr, "Timestamp", c.Timestamp,
		func(v hessian.Timestamp) api.Args { return &libraryTimestampArgs{v} }, func(v hessian.Timestamp) hessian.Body { return &libraryTimestampReply{v} },
		hessian.Timestamp{}, hessian.Timestamp{Time: day})
	send(tr, "SQLDate", c.SQLDate,
		func(v hessian.SQLDate) api.Args { return &librarySQLDateArgs{v} }, func(v hessian.SQLDate) hessian.Body { return &librarySQLDateReply{v} },
		hessian.SQLDate{}, hessian.SQLDate{Time: day})
	send(tr, "SQLTime", c.SQLTime,
		func(v hessian.SQLTime) api.Args { return &librarySQLTimeArgs{v} }, func(v hessian.SQLTime) hessian.Body { return &librarySQLTimeReply{v} },
		hessian.SQLTime{}, hessian.SQLTime{Time: day})
	send(tr, "LocalDate", c.LocalDate,
		func(v hessian.LocalDate) api.Args { return &libraryLocalDateArgs{v} }, func(v hessian.LocalDate) hessian.Body { return &libraryLocalDateReply{v} },
		hessian.LocalDate{}, hessian.LocalDate{Year: -44, Month: 3, Day: 15})
	send(tr, "LocalTime", c.LocalTime,
		func(v hessian.LocalTime) api.Args { return &libraryLocalTimeArgs{v} }, func(v hessian.LocalTime) hessian.Body { return &libraryLocalTimeReply{v} },
		hessian.LocalTime{}, hessian.LocalTime{Hour: 23, Minute: 59, Second: 59, Nano: 999_999_999})
	send(tr, "LocalDateTime", c.LocalDateTime,
		func(v hessian.LocalDateTime) api.Args { return &libraryLocalDateTimeArgs{v} }, func(v hessian.LocalDateTime) hessian.Body { return &libraryLocalDateTimeReply{v} },
		hessian.LocalDateTime{}, dateTime)
	send(tr, "Instant", c.Instant,
		func(v hessian.Instant) api.Args { return &libraryInstantArgs{v} }, func(v hessian.Instant) hessian.Body { return &libraryInstantReply{v} },
		hessian.Instant{}, hessian.Instant{Time: day.Add(7)})
	send(tr, "Duration", c.Duration,
		func(v time.Duration) api.Args { return &libraryDurationArgs{v} }, func(v time.Duration) hessian.Body { return &libraryDurationReply{v} },
		0, -1, 90*time.Minute+1)
	send(tr, "LongDuration", c.LongDuration,
		func(v hessian.Duration) api.Args { return &libraryLongDurationArgs{v} }, func(v hessian.Duration) hessian.Body { return &libraryLongDurationReply{v} },
		hessian.Duration{}, hessian.Duration{Seconds: math.MinInt64, Nano: 1})
	send(tr, "Period", c.Period,
		func(v hessian.Period) api.Args { return &libraryPeriodArgs{v} }, func(v hessian.Period) hessian.Body { return &libraryPeriodReply{v} },
		hessian.Period{}, hessian.Period{Years: 1, Months: -2, Days: 3})
	send(tr, "Year", c.Year,
		func(v hessian.Year) api.Args { return &libraryYearArgs{v} }, func(v hessian.Year) hessian.Body { return &libraryYearReply{v} },
		0, 2026)
	send(tr, "YearMonth", c.YearMonth,
		func(v hessian.YearMonth) api.Args { return &libraryYearMonthArgs{v} }, func(v hessian.YearMonth) hessian.Body { return &libraryYearMonthReply{v} },
		hessian.YearMonth{}, hessian.YearMonth{Year: 2026, Month: 2})
	send(tr, "MonthDay", c.MonthDay,
		func(v hessian.MonthDay) api.Args { return &libraryMonthDayArgs{v} }, func(v hessian.MonthDay) hessian.Body { return &libraryMonthDayReply{v} },
		hessian.MonthDay{}, hessian.MonthDay{Month: 2, Day: 29})
	send(tr, "ZoneID", c.ZoneID,
		func(v hessian.ZoneID) api.Args { return &libraryZoneIDArgs{v} }, func(v hessian.ZoneID) hessian.Body { return &libraryZoneIDReply{v} },
		"", "Asia/Shanghai")
	send(tr, "ZoneOffset", c.ZoneOffset,
		func(v hessian.ZoneOffset) api.Args { return &libraryZoneOffsetArgs{v} }, func(v hessian.ZoneOffset) hessian.Body { return &libraryZoneOffsetReply{v} },
		0, -3600)
	send(tr, "OffsetDateTime", c.OffsetDateTime,
		func(v hessian.OffsetDateTime) api.Args { return &libraryOffsetDateTimeArgs{v} }, func(v hessian.OffsetDateTime) hessian.Body { return &libraryOffsetDateTimeReply{v} },
		hessian.OffsetDateTime{}, hessian.OffsetDateTime{DateTime: dateTime, Offset: 7200})
	send(tr, "OffsetTime", c.OffsetTime,
		func(v hessian.OffsetTime) api.Args { return &libraryOffsetTimeArgs{v} }, func(v hessian.OffsetTime) hessian.Body { return &libraryOffsetTimeReply{v} },
		hessian.OffsetTime{}, hessian.OffsetTime{Time: hessian.LocalTime{Hour: 1}, Offset: -60})
	send(tr, "ZonedDateTime", c.ZonedDateTime,
		func(v hessian.ZonedDateTime) api.Args { return &libraryZonedDateTimeArgs{v} }, func(v hessian.ZonedDateTime) hessian.Body { return &libraryZonedDateTimeReply{v} },
		hessian.ZonedDateTime{}, hessian.ZonedDateTime{DateTime: dateTime, Offset: 28800, Zone: "Asia/Shanghai"})
	tr.typed = true
	send(tr, "Moment", c.Moment,
		func(v time.Time) api.Args { return &libraryMomentArgs{v} }, func(v time.Time) hessian.Body { return &libraryMomentReply{v} },
		time.Time{}, day, day.Add(1))
	send(tr, "Chars", c.Chars,
		func(v string) api.Args { return &libraryCharsArgs{v} }, func(v string) hessian.Body { return &libraryCharsReply{v} },
		"", "aé世")
	send(tr, "Values", c.Values,
		func(v *Values) api.Args { return &libraryValuesArgs{v} }, func(v *Values) hessian.Body { return &libraryValuesReply{v} },
		nil, &Values{}, &Values{
			BigInteger: big.NewInt(-7), BigDecimal: "1.50", UUID: new(hessian.UUID{9}), Locale: new(hessian.Locale("")), Currency: "EUR", BitSet: hessian.BitSet{1},
			Calendar: hessian.Calendar{Time: day}, Timestamp: hessian.Timestamp{Time: day}, SQLDate: hessian.SQLDate{Time: day}, SQLTime: hessian.SQLTime{Time: day},
			LocalDate: dateTime.Date, LocalTime: new(dateTime.Time), LocalDateTime: dateTime, Instant: hessian.Instant{Time: day}, Duration: new(time.Second),
			Period: &hessian.Period{Days: 1}, Year: new(hessian.Year(1)), YearMonth: hessian.YearMonth{Year: 1, Month: 1}, MonthDay: hessian.MonthDay{Month: 1, Day: 1},
			ZoneID: "UTC", ZoneOffset: new(hessian.ZoneOffset(0)), OffsetDateTime: hessian.OffsetDateTime{DateTime: dateTime}, OffsetTime: &hessian.OffsetTime{},
			ZonedDateTime: hessian.ZonedDateTime{DateTime: dateTime, Zone: "UTC"}, Moment: day.Add(1), Stamp: day, Letter: 'é', BoxedLetter: new(hessian.Char(0)), Chars: "abc", Days: []hessian.LocalDate{dateTime.Date, {}},
			Prices: map[hessian.Currency]hessian.BigDecimal{"EUR": "0.10"},
		})
}

func sendCollections(tr trip, c *CollectionsClient) {
	send(tr, "Unique", c.Unique,
		func(v map[string]struct{}) api.Args { return &collectionsUniqueArgs{v} }, func(v map[string]struct{}) hessian.Body { return &collectionsUniqueReply{v} },
		nil, map[string]struct{}{}, map[string]struct{}{"a": {}})
	send(tr, "LevelSet", c.LevelSet,
		func(v map[Level]struct{}) api.Args { return &collectionsLevelSetArgs{v} }, func(v map[Level]struct{}) hessian.Body { return &collectionsLevelSetReply{v} },
		nil, map[Level]struct{}{High: {}})
	send(tr, "ByUUID", c.ByUUID,
		func(v map[hessian.UUID]string) api.Args { return &collectionsByUUIDArgs{v} }, func(v map[hessian.UUID]string) hessian.Body { return &collectionsByUUIDReply{v} },
		nil, map[hessian.UUID]string{{1}: "a"})
	send(tr, "ByDay", c.ByDay,
		func(v map[hessian.LocalDate]int32) api.Args { return &collectionsByDayArgs{v} }, func(v map[hessian.LocalDate]int32) hessian.Body { return &collectionsByDayReply{v} },
		nil, map[hessian.LocalDate]int32{dateTime.Date: 1})
	send(tr, "ByPoint", c.ByPoint,
		func(v map[Point]string) api.Args { return &collectionsByPointArgs{v} }, func(v map[Point]string) hessian.Body { return &collectionsByPointReply{v} },
		nil, map[Point]string{{X: 1}: "a"})
	send(tr, "Ordered", c.Ordered,
		func(v hessian.Pairs[string, int32]) api.Args { return &collectionsOrderedArgs{v} }, func(v hessian.Pairs[string, int32]) hessian.Body { return &collectionsOrderedReply{v} },
		nil, hessian.Pairs[string, int32]{}, hessian.Pairs[string, int32]{{Key: "b", Value: 1}, {Key: "a", Value: 2}})
	send(tr, "Linked", c.Linked,
		func(v hessian.Pairs[any, any]) api.Args { return &collectionsLinkedArgs{v} }, func(v hessian.Pairs[any, any]) hessian.Body { return &collectionsLinkedReply{v} },
		nil, hessian.Pairs[any, any]{{Key: []any{int32(1)}, Value: "list"}, {Key: nil, Value: int32(2)}})
	tr.typed = true
	send(tr, "Integers", c.Integers,
		func(v []*int32) api.Args { return &collectionsIntegersArgs{v} }, func(v []*int32) hessian.Body { return &collectionsIntegersReply{v} },
		nil, []*int32{new(int32(1)), nil})
	send(tr, "Characters", c.Characters,
		func(v []hessian.Char) api.Args { return &collectionsCharactersArgs{v} }, func(v []hessian.Char) hessian.Body { return &collectionsCharactersReply{v} },
		nil, []hessian.Char{'a', 'é'})
	send(tr, "Ints", c.Ints,
		func(v []int32) api.Args { return &collectionsIntsArgs{v} }, func(v []int32) hessian.Body { return &collectionsIntsReply{v} },
		nil, []int32{}, []int32{1, math.MinInt32})
	send(tr, "Doubles", c.Doubles,
		func(v []float64) api.Args { return &collectionsDoublesArgs{v} }, func(v []float64) hessian.Body { return &collectionsDoublesReply{v} },
		nil, []float64{0.5, math.Pi})
	send(tr, "BlobArray", c.BlobArray,
		func(v [][]byte) api.Args { return &collectionsBlobArrayArgs{v} }, func(v [][]byte) hessian.Body { return &collectionsBlobArrayReply{v} },
		nil, [][]byte{nil, {1, 2}})
	send(tr, "Table", c.Table,
		func(v [][]string) api.Args { return &collectionsTableArgs{v} }, func(v [][]string) hessian.Body { return &collectionsTableReply{v} },
		nil, [][]string{{"a"}, nil, {}})
	send(tr, "Cube", c.Cube,
		func(v [][][]int64) api.Args { return &collectionsCubeArgs{v} }, func(v [][][]int64) hessian.Body { return &collectionsCubeReply{v} },
		nil, [][][]int64{{{1}, nil}, nil})
	send(tr, "Array", c.Array,
		func(v []any) api.Args { return &collectionsArrayArgs{v} }, func(v []any) hessian.Body { return &collectionsArrayReply{v} },
		nil, []any{int32(1), "a", nil, &Point{X: 1}})
	send(tr, "LevelArray", c.LevelArray,
		func(v []Level) api.Args { return &collectionsLevelArrayArgs{v} }, func(v []Level) hessian.Body { return &collectionsLevelArrayReply{v} },
		nil, []Level{Low, "", High})
	send(tr, "Decimals", c.Decimals,
		func(v []hessian.BigDecimal) api.Args { return &collectionsDecimalsArgs{v} }, func(v []hessian.BigDecimal) hessian.Body { return &collectionsDecimalsReply{v} },
		nil, []hessian.BigDecimal{"1.50", ""})
	send(tr, "ListArray", c.ListArray,
		func(v [][]string) api.Args { return &collectionsListArrayArgs{v} }, func(v [][]string) hessian.Body { return &collectionsListArrayReply{v} },
		nil, [][]string{{"a"}, nil, {}})
	send(tr, "Collection", c.Collection,
		func(v []string) api.Args { return &collectionsCollectionArgs{v} }, func(v []string) hessian.Body { return &collectionsCollectionReply{v} },
		nil, []string{"a"})
	send(tr, "LinkedList", c.LinkedList,
		func(v []int32) api.Args { return &collectionsLinkedListArgs{v} }, func(v []int32) hessian.Body { return &collectionsLinkedListReply{v} },
		nil, []int32{3, 1})
	send(tr, "SortedSet", c.SortedSet,
		func(v map[int64]struct{}) api.Args { return &collectionsSortedSetArgs{v} }, func(v map[int64]struct{}) hessian.Body { return &collectionsSortedSetReply{v} },
		nil, map[int64]struct{}{1 << 40: {}, 2: {}})
	send(tr, "Concurrent", c.Concurrent,
		func(v map[string]int32) api.Args { return &collectionsConcurrentArgs{v} }, func(v map[string]int32) hessian.Body { return &collectionsConcurrentReply{v} },
		nil, map[string]int32{"a": 1})
	send(tr, "LongRows", c.LongRows,
		func(v map[string][]int64) api.Args { return &collectionsLongRowsArgs{v} }, func(v map[string][]int64) hessian.Body { return &collectionsLongRowsReply{v} },
		nil, map[string][]int64{"a": {1, 2}, "b": nil})
	send(tr, "Groups", c.Groups,
		func(v [][]string) api.Args { return &collectionsGroupsArgs{v} }, func(v [][]string) hessian.Body { return &collectionsGroupsReply{v} },
		nil, [][]string{{"a"}, nil, {}})
	send(tr, "Nest", c.Nest,
		func(v *Nest) api.Args { return &collectionsNestArgs{v} }, func(v *Nest) hessian.Body { return &collectionsNestReply{v} },
		nil, &Nest{}, &Nest{
			Blobs: [][]byte{{1}, nil}, Levels: []Level{High}, Names: []string{"n"}, Objects: []any{int32(1), nil}, Rows: map[string][]int32{"r": {1}},
			Linked: []string{"l"}, Unique: map[string]struct{}{"u": {}}, Sorted: map[int64]struct{}{1: {}, 2: {}}, Ordered: hessian.Pairs[string, int64]{{Key: "b", Value: 1}, {Key: "a", Value: 2}},
		})
}

func sendRelations(tr trip, c *RelationsClient) {
	place := &geo.Place{Name: "Ulm", Kind: geo.City, Other: geo.Names{"Ulma"}}
	place.Near = []*geo.Place{{Name: "Donau", Kind: geo.River, Near: []*geo.Place{place}}, nil, place}
	send(tr, "Director", c.Director,
		func(v *Director) api.Args { return &relationsDirectorArgs{v} }, func(v *Director) hessian.Body { return &relationsDirectorReply{v} },
		nil, &Director{}, &Director{Manager: Manager{Person: Person{Name: "d"}, Reports: []*Person{{Name: "m"}}}, Bonus: "9.99"})
	send(tr, "PointPage", c.PointPage,
		func(v *PointPage) api.Args { return &relationsPointPageArgs{v} }, func(v *PointPage) hessian.Body { return &relationsPointPageReply{v} },
		nil, &PointPage{Items: []*Point{{X: 1}}, Total: 1})
	send(tr, "WordPage", c.WordPage,
		func(v *WordPage) api.Args { return &relationsWordPageArgs{v} }, func(v *WordPage) hessian.Body { return &relationsWordPageReply{v} },
		nil, &WordPage{Items: []string{"a"}, Total: 1 << 40})
	send(tr, "Place", c.Place,
		func(v *geo.Place) api.Args { return &relationsPlaceArgs{v} }, func(v *geo.Place) hessian.Body { return &relationsPlaceReply{v} },
		nil, &geo.Place{}, place)
	send(tr, "Kinds", c.Kinds,
		func(v map[geo.Kind][]geo.Place) api.Args { return &relationsKindsArgs{v} }, func(v map[geo.Kind][]geo.Place) hessian.Body { return &relationsKindsReply{v} },
		nil, map[geo.Kind][]geo.Place{geo.River: {{Name: "Main"}, {}}})
	send(tr, "Shop", c.Shop,
		func(v *Shop) api.Args { return &relationsShopArgs{v} }, func(v *Shop) hessian.Body { return &relationsShopReply{v} },
		nil, &Shop{}, &Shop{Place: geo.Place{Name: "s", Kind: geo.City}, Open: true, Next: place})
	send(tr, "Animals", c.Animals,
		func(v []Animal) api.Args { return &relationsAnimalsArgs{v} }, func(v []Animal) hessian.Body { return &relationsAnimalsReply{v} },
		nil, []Animal{&Dog{Name: "Rex"}, nil, &Cat{Lives: 9}})
	send(tr, "Kennel", c.Kennel,
		func(v *Kennel) api.Args { return &relationsKennelArgs{v} }, func(v *Kennel) hessian.Body { return &relationsKennelReply{v} },
		nil, &Kennel{}, &Kennel{Guard: &Dog{Chase: &Cat{Name: "Tom"}}, Others: []Animal{nil, &Cat{}}, Named: map[string]Animal{"a": &Dog{}}})
	send[Animal](tr, "Animal", c.Animal,
		func(v Animal) api.Args { return &relationsAnimalArgs{v} }, func(v Animal) hessian.Body { return &relationsAnimalReply{v} },
		nil, &Dog{Name: "Rex", Chase: &Cat{Name: "Tom", Lives: 7}}, &Cat{})
}

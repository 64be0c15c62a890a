package interop

import (
	"math"
	"math/big"
	"time"

	"github.com/gubbo/gubbo/examples/types"
	"github.com/gubbo/gubbo/examples/types/geo"
	"github.com/gubbo/gubbo/protocol/hessian"
)

var (
	date     = hessian.LocalDate{Year: 2026, Month: 11, Day: 24}
	clock    = hessian.LocalTime{Hour: 23, Minute: 59, Second: 1, Nano: 5}
	dateTime = hessian.LocalDateTime{Date: date, Time: clock}
	zoned    = hessian.ZonedDateTime{DateTime: dateTime, Offset: 8 * 3600, Zone: "Asia/Shanghai"}
	nanos    = time.Unix(1730000000, 123000007).UTC()
	uuid     = hessian.UUID{1, 15: 2}
)

func (v values) library() {
	v.each("letter", hessian.Char('a'), hessian.Char(0), hessian.Char('é'), hessian.Char('世'), hessian.Char(0xd83d), hessian.Char(0xffff))
	v.each("boxedChar", nil, new(hessian.Char('x')))
	v.each("chars", "aé世")
	v.each("bigInteger", nil, new(big.Int), big.NewInt(-255), new(big.Int).Lsh(big.NewInt(3), 100), new(big.Int).Lsh(big.NewInt(-1), 64))
	v.each("bigDecimal", nil, hessian.BigDecimal("0"), hessian.BigDecimal("-12.50"), hessian.BigDecimal("1E+10"))
	v.each("uuid", uuid, hessian.UUID{255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 254})
	v.each("locale", hessian.Locale(""), hessian.Locale("zh_CN"), hessian.Locale("de"))
	v.each("currency", nil, hessian.Currency("EUR"))
	v.each("bitSet", nil, hessian.BitSet{5, 1 << 63})
	v.each("gregorianCalendar", hessian.Calendar{}, hessian.Calendar{Time: day})
	v.each("timestamp", hessian.Timestamp{}, hessian.Timestamp{Time: day})
	v.each("sqlDate", hessian.SQLDate{}, hessian.SQLDate{Time: day})
	v.each("sqlTime", hessian.SQLTime{}, hessian.SQLTime{Time: day})
	v.each("localDate", hessian.LocalDate{}, date, hessian.LocalDate{Year: 1582, Month: 10, Day: 15})
	v.each("localTime", clock, hessian.LocalTime{Hour: 1, Minute: 2, Second: 3})
	v.each("localDateTime", hessian.LocalDateTime{}, dateTime)
	v.each("instant", hessian.Instant{}, hessian.Instant{Time: nanos}, hessian.Instant{Time: time.Unix(-1, 1)})
	v.each("duration", time.Duration(0), time.Duration(-1), 90*time.Minute+1)
	v.each("longDuration", hessian.Duration{}, hessian.Duration{Seconds: math.MinInt64, Nano: 1})
	v.each("period", hessian.Period{Years: 1, Months: -2, Days: 3})
	v.each("year", hessian.Year(2026))
	v.each("yearMonth", hessian.YearMonth{}, hessian.YearMonth{Year: 2026, Month: 2})
	v.each("monthDay", hessian.MonthDay{}, hessian.MonthDay{Month: 2, Day: 29})
	v.each("zoneID", hessian.ZoneID(""), hessian.ZoneID("Asia/Shanghai"))
	v.each("zoneOffset", hessian.ZoneOffset(0), hessian.ZoneOffset(-3600))
	v.each("offsetDateTime", hessian.OffsetDateTime{}, hessian.OffsetDateTime{DateTime: dateTime, Offset: 7200})
	v.each("offsetTime", hessian.OffsetTime{Time: clock, Offset: -3 * 3600})
	v.each("zonedDateTime", hessian.ZonedDateTime{}, zoned)
	v.each("boxedLocalTime", nil, &clock)
	v.each("moment", time.Time{}, nanos)
	v.each("values", nil, &types.Values{
		BigInteger: big.NewInt(-7), BigDecimal: "1.50", UUID: &uuid, Locale: new(hessian.Locale("")), Currency: "EUR",
		Calendar: hessian.Calendar{Time: day}, Timestamp: hessian.Timestamp{Time: day}, SQLDate: hessian.SQLDate{Time: day}, SQLTime: hessian.SQLTime{Time: day},
		LocalDate: date, LocalTime: &clock, LocalDateTime: dateTime, Instant: hessian.Instant{Time: nanos}, Duration: new(time.Second),
		Period: &hessian.Period{Days: 1}, Year: new(hessian.Year(1)), YearMonth: hessian.YearMonth{Year: 2026, Month: 1}, MonthDay: hessian.MonthDay{Month: 1, Day: 1},
		ZoneID: "UTC", ZoneOffset: new(hessian.ZoneOffset(0)), OffsetDateTime: hessian.OffsetDateTime{DateTime: dateTime}, OffsetTime: &hessian.OffsetTime{Time: clock},
		ZonedDateTime: hessian.ZonedDateTime{DateTime: dateTime, Zone: "UTC"}, Moment: nanos, Stamp: day, Letter: 'é', BoxedLetter: new(hessian.Char('b')), Chars: "abc",
		Days: []hessian.LocalDate{date, {}}, Prices: map[hessian.Currency]hessian.BigDecimal{"EUR": "0.10"},
	})
}

func (v values) collections() {
	v.each("integers", nil, []*int32{new(int32(1)), nil})
	v.each("characters", nil, []hessian.Char{'a', 'é'})
	v.each("ints", nil, []int32{}, []int32{1, -1, 2, 3, 4, 5, 6, 7, 70000, math.MinInt32})
	v.each("doubles", nil, []float64{0.5, math.Pi})
	v.each("blobArray", nil, [][]byte{nil, {1, 2}})
	v.each("table", nil, [][]string{{"a"}, nil, {}})
	v.each("cube", nil, [][][]int64{{{1}, nil}, nil})
	v.each("array", nil, []any{int32(1), "a", nil, &types.Point{X: 1}})
	v.each("levelArray", nil, []types.Level{types.Low, "", types.High})
	v.each("decimals", nil, []hessian.BigDecimal{"1.50", ""})
	v.each("listArray", nil, [][]string{{"a"}, nil, {}})
	v.each("collection", nil, []string{"a"})
	v.each("linkedList", nil, []int32{3, 1})
	v.each("unique", nil, map[string]struct{}{}, map[string]struct{}{"a": {}, "b": {}})
	v.each("sortedSet", nil, map[int64]struct{}{1 << 40: {}, 2: {}})
	v.each("levelSet", nil, map[types.Level]struct{}{types.High: {}})
	v.each("ordered", nil, hessian.Pairs[string, int32]{}, hessian.Pairs[string, int32]{{Key: "b", Value: 1}, {Key: "a", Value: 2}})
	v.each("linked", nil, hessian.Pairs[any, any]{{Key: []any{int32(1)}, Value: "list"}, {Key: nil, Value: int32(2)}})
	v.each("byUUID", nil, map[hessian.UUID]string{uuid: "a"})
	v.each("byDay", nil, map[hessian.LocalDate]int32{date: 1})
	v.each("byPoint", nil, map[types.Point]string{{X: 1}: "a"})
	v.each("concurrent", nil, map[string]int32{"a": 1})
	v.each("longRows", nil, map[string][]int64{"a": {1, 2}, "b": nil})
	v.each("groups", nil, [][]string{{"a"}, nil, {}})
	v.each("nest", nil, &types.Nest{}, &types.Nest{
		Blobs: [][]byte{{1}, nil}, Levels: []types.Level{types.High}, Names: []string{"n"}, Objects: []any{int32(1), nil}, Rows: map[string][]int32{"r": {1}},
		Linked: []string{"l"}, Unique: map[string]struct{}{"u": {}}, Sorted: map[int64]struct{}{1: {}, 2: {}}, Ordered: hessian.Pairs[string, int64]{{Key: "b", Value: 1}, {Key: "a", Value: 2}},
	})
}

func (v values) relations() {
	ulm := &geo.Place{Name: "Ulm", Kind: geo.City, Other: geo.Names{"Ulma"}}
	ulm.Near = []*geo.Place{{Name: "Donau", Kind: geo.River, Near: []*geo.Place{ulm}}, nil, ulm}
	v.each("director", nil, &types.Director{Manager: types.Manager{Person: types.Person{Name: "d"}, Reports: []*types.Person{{Name: "m"}}}, Bonus: "9.99"})
	v.each("animal", nil, &types.Dog{Name: "Rex", Chase: &types.Cat{Name: "Tom", Lives: 7}}, &types.Cat{})
	v.each("animals", nil, []types.Animal{&types.Dog{Name: "Rex"}, nil, &types.Cat{Lives: 9}})
	v.each("kennel", nil, &types.Kennel{}, &types.Kennel{
		Guard: &types.Dog{Chase: &types.Cat{Name: "Tom"}}, Others: []types.Animal{nil, &types.Cat{}}, Named: map[string]types.Animal{"a": &types.Dog{}},
	})
	v.each("pointPage", nil, &types.PointPage{Items: []*types.Point{{X: 1}}, Total: 1})
	v.each("wordPage", nil, &types.WordPage{Items: []string{"a"}, Total: 1 << 40})
	v.each("place", nil, &geo.Place{}, ulm)
	v.each("kinds", nil, map[geo.Kind][]geo.Place{geo.River: {{Name: "Main"}, {}}})
	v.each("shop", nil, &types.Shop{Place: geo.Place{Name: "s", Kind: geo.City}, Open: true, Next: ulm})
}

// anything is what Everything's any carries and keeps the class of, be it
// unknown.
func (v values) anything() {
	v.put("any.bigdecimal", hessian.BigDecimal("1.50"))
	v.put("any.biginteger", new(big.Int).Lsh(big.NewInt(3), 100))
	v.put("any.uuid", uuid)
	v.put("any.localdate", date)
	v.put("any.zoned", zoned)
	v.put("any.locale", hessian.Locale("de"))
	v.put("any.optional", &hessian.Object{Class: "java.util.Optional", Fields: []hessian.Field{{Name: "value", Value: "here"}}})
	v.put("any.set", &hessian.List{Class: "java.util.LinkedHashSet", Items: []any{"a", "b"}})
	v.put("any.linkedlist", &hessian.List{Class: "java.util.LinkedList", Items: []any{int32(1), int32(2)}})
	v.put("any.emptylist", &hessian.List{Class: "java.util.Collections$EmptyList"})
	v.put("any.strings", &hessian.List{Class: "[string", Items: []any{"a", nil}})
	v.put("any.longs", []int64{1, 2})
	v.put("any.numbermap", map[int64]string{1: "a"})
	v.put("any.person", &hessian.Object{Class: "lab.types.Director", Fields: []hessian.Field{
		{Name: "name", Value: "unknown to Everything"}, {Name: "born"}, {Name: "reports"}, {Name: "bonus"},
	}})
	v.anyCollection()
}

// anyCollection has the JDK's collections and values where nothing but the wire
// tells their class.
func (v values) anyCollection() {
	v.put("any.arraydeque", &hessian.List{Class: "java.util.ArrayDeque", Items: []any{"a", "b"}})
	v.put("any.copylist", &hessian.List{Class: "java.util.concurrent.CopyOnWriteArrayList", Items: []any{"a", "b"}})
	v.put("any.copyset", &hessian.List{Class: "java.util.concurrent.CopyOnWriteArraySet", Items: []any{"a", "b"}})
	v.put("any.linkedqueue", &hessian.List{Class: "java.util.concurrent.ConcurrentLinkedQueue", Items: []any{"a", "b"}})
	v.put("any.blockingqueue", &hessian.List{Class: "java.util.concurrent.LinkedBlockingQueue", Items: []any{"a", "b"}})
	v.put("any.priorityqueue", &hessian.List{Class: "java.util.PriorityQueue", Items: []any{"a", "b"}})
	v.put("any.vector", &hessian.List{Class: "java.util.Vector", Items: []any{"a", "b"}})
	v.put("any.treeset", &hessian.List{Class: "java.util.TreeSet", Items: []any{"a", "b"}})
	v.put("any.skipset", &hessian.List{Class: "java.util.concurrent.ConcurrentSkipListSet", Items: []any{"a", "b"}})
	v.put("any.stack", &hessian.List{Class: "java.util.Stack", Items: []any{"a", "b"}})
	v.put("any.aslist", &hessian.List{Class: "java.util.Arrays$ArrayList", Items: []any{"a", nil}})
	v.put("any.singletonlist", &hessian.List{Class: "java.util.Collections$SingletonList", Items: []any{"a"}})
	v.put("any.singletonset", &hessian.List{Class: "java.util.Collections$SingletonSet", Items: []any{"a"}})
	v.put("any.emptyset", &hessian.List{Class: "java.util.Collections$EmptySet", Items: []any{}})
	v.put("any.unmodifiablelist", &hessian.List{Class: "java.util.Collections$UnmodifiableRandomAccessList", Items: []any{"a", "b"}})
	v.put("any.unmodifiableset", &hessian.List{Class: "java.util.Collections$UnmodifiableSet", Items: []any{"a", "b"}})
	v.put("any.synchronizedlist", &hessian.List{Class: "java.util.Collections$SynchronizedRandomAccessList", Items: []any{"a", "b"}})
	v.put("any.sublist", &hessian.List{Class: "java.util.ArrayList$SubList", Items: []any{"a", "b"}})
	v.put("any.keyset", &hessian.List{Class: "java.util.HashMap$KeySet", Items: []any{"a"}})
	v.put("any.enumset", enumSet("lab.types.Level", types.High, types.Low))
	v.put("any.treemap", &hessian.Map{Class: "java.util.TreeMap", Entries: []hessian.Entry{{Key: "a", Value: int32(1)}}})
	v.put("any.linkedmap", &hessian.Map{Class: "java.util.LinkedHashMap", Entries: []hessian.Entry{{Key: "a", Value: int32(1)}}})
	v.put("any.hashtable", &hessian.Map{Class: "java.util.Hashtable", Entries: []hessian.Entry{{Key: "a", Value: int32(1)}}})
	v.put("any.concurrentmap", &hessian.Map{Class: "java.util.concurrent.ConcurrentHashMap", Entries: []hessian.Entry{{Key: "a", Value: int32(1)}}})
	v.put("any.skipmap", &hessian.Map{Class: "java.util.concurrent.ConcurrentSkipListMap", Entries: []hessian.Entry{{Key: "a", Value: int32(1)}}})
	v.put("any.weakmap", &hessian.Map{Class: "java.util.WeakHashMap", Entries: []hessian.Entry{{Key: "a", Value: int32(1)}}})
	v.put("any.properties", &hessian.Map{Class: "java.util.Properties", Entries: []hessian.Entry{{Key: "a", Value: "1"}}})
	v.put("any.emptymap", &hessian.Map{Class: "java.util.Collections$EmptyMap", Entries: []hessian.Entry{}})
	v.put("any.singletonmap", &hessian.Map{Class: "java.util.Collections$SingletonMap", Entries: []hessian.Entry{{Key: "a", Value: int32(1)}}})
	v.put("any.unmodifiablemap", &hessian.Map{Class: "java.util.Collections$UnmodifiableMap", Entries: []hessian.Entry{{Key: "a", Value: int32(1)}}})
	v.put("any.synchronizedmap", &hessian.Map{Class: "java.util.Collections$SynchronizedMap", Entries: []hessian.Entry{{Key: "a", Value: int32(1)}}})
	v.put("any.enummap", &hessian.Map{Class: "java.util.EnumMap", Entries: []hessian.Entry{{Key: types.Low, Value: int32(1)}}})
	v.put("any.char", "c")
	v.put("any.float", float32(0.5))
	v.put("any.bitset", hessian.BitSet{5})
	v.put("any.calendar", hessian.Calendar{Time: day})
	v.put("any.currency", hessian.Currency("EUR"))
	v.put("any.timestamp", hessian.Timestamp{Time: day})
	v.put("any.instant", hessian.Instant{Time: nanos})
	v.put("any.duration", time.Second)
	v.put("any.localtime", clock)
	v.put("any.localdatetime", dateTime)
	v.put("any.offsetdatetime", hessian.OffsetDateTime{DateTime: dateTime, Offset: 7200})
	v.put("any.offsettime", hessian.OffsetTime{Time: clock, Offset: -3 * 3600})
	v.put("any.period", hessian.Period{Years: 1, Months: -2, Days: 3})
	v.put("any.year", hessian.Year(2026))
	v.put("any.yearmonth", hessian.YearMonth{Year: 2026, Month: 2})
	v.put("any.monthday", hessian.MonthDay{Month: 2, Day: 29})
	v.put("any.zoneid", hessian.ZoneID("Asia/Shanghai"))
	v.put("any.zoneoffset", hessian.ZoneOffset(-3600))
	v.put("any.doubles", &hessian.List{Class: "[double", Items: []any{0.5}})
	v.put("any.objects", &hessian.List{Class: "[object", Items: []any{"a", int32(1)}})
	v.put("any.points", &hessian.List{Class: "[lab.types.Point", Items: []any{&types.Point{X: 1}}})
	v.put("any.dates", &hessian.List{Class: "[date", Items: []any{day}})
	v.rarerCollections()
}

func (v values) rarerCollections() {
	v.put("any.hashset", &hessian.List{Class: "java.util.HashSet", Items: []any{"a", "b"}})
	v.put("any.linkeddeque", &hessian.List{Class: "java.util.concurrent.ConcurrentLinkedDeque", Items: []any{"a", "b"}})
	v.put("any.blockingdeque", &hessian.List{Class: "java.util.concurrent.LinkedBlockingDeque", Items: []any{"a", "b"}})
	v.put("any.transferqueue", &hessian.List{Class: "java.util.concurrent.LinkedTransferQueue", Items: []any{"a", "b"}})
	v.put("any.arrayqueue", &hessian.List{Class: "java.util.concurrent.ArrayBlockingQueue", Items: []any{"a", "b"}})
	v.put("any.priorityblocking", &hessian.List{Class: "java.util.concurrent.PriorityBlockingQueue", Items: []any{"a", "b"}})
	v.put("any.copies", &hessian.List{Class: "java.util.Collections$CopiesList", Items: []any{"a", "a"}})
	v.put("any.checkedlist", &hessian.List{Class: "java.util.Collections$CheckedRandomAccessList", Items: []any{"a", "b"}})
	v.put("any.unmodifiablecollection", &hessian.List{Class: "java.util.Collections$UnmodifiableCollection", Items: []any{"a", "b"}})
	v.put("any.sortedset", &hessian.List{Class: "java.util.Collections$UnmodifiableSortedSet", Items: []any{"a", "b"}})
	v.put("any.synchronizedset", &hessian.List{Class: "java.util.Collections$SynchronizedSet", Items: []any{"a", "b"}})
	v.put("any.setofmap", &hessian.List{Class: "java.util.Collections$SetFromMap", Items: []any{}})
	v.put("any.concurrentset", &hessian.List{Class: "java.util.concurrent.ConcurrentHashMap$KeySetView", Items: []any{}})
	v.put("any.mapvalues", &hessian.List{Class: "java.util.HashMap$Values", Items: []any{"b"}})
	v.put("any.treekeys", &hessian.List{Class: "java.util.TreeMap$KeySet", Items: []any{"a"}})
	v.put("any.identitymap", &hessian.Map{Class: "java.util.IdentityHashMap", Entries: []hessian.Entry{{Key: "a", Value: int32(1)}}})
	v.put("any.sortedmap", &hessian.Map{Class: "java.util.Collections$UnmodifiableSortedMap", Entries: []hessian.Entry{{Key: "a", Value: int32(1)}}})
	v.put("any.synchronizedsorted", &hessian.Map{Class: "java.util.Collections$SynchronizedSortedMap", Entries: []hessian.Entry{{Key: "a", Value: int32(1)}}})
	v.put("any.checkedmap", &hessian.Map{Class: "java.util.Collections$CheckedMap", Entries: []hessian.Entry{{Key: "a", Value: int32(1)}}})
	v.put("any.shortarray", &hessian.List{Class: "[short", Items: []any{int32(1), int32(-1)}})
	v.put("any.intarray", &hessian.List{Class: "[int", Items: []any{int32(1), int32(-1), int32(2), int32(3), int32(4), int32(5), int32(6), int32(7), int32(70000)}})
	v.put("any.floatarray", &hessian.List{Class: "[float", Items: []any{0.5}})
	v.put("any.booleanarray", &hessian.List{Class: "[boolean", Items: []any{true, false}})
	v.put("any.integerarray", &hessian.List{Class: "[java.lang.Integer", Items: []any{int32(1), nil}})
	v.put("any.bytearrays", &hessian.List{Class: "[[byte", Items: []any{[]byte{1}, nil}})
	v.put("any.matrix", &hessian.List{Class: "[[int", Items: []any{&hessian.List{Class: "[int", Items: []any{int32(1)}}, &hessian.List{Class: "[int"}}})
	v.put("any.enumarray", &hessian.List{Class: "[lab.types.Level", Items: []any{types.Low, nil}})
	v.put("any.decimals", &hessian.List{Class: "[java.math.BigDecimal", Items: []any{hessian.BigDecimal("1")}})
	v.put("any.chararray", "cé")
}

// enumSet is what Java writes in place of a java.util.EnumSet.
func enumSet(class string, constants ...any) *hessian.Object {
	return &hessian.Object{Class: enumSetHandler, Fields: []hessian.Field{
		{Name: "type", Value: &hessian.Object{Class: "java.lang.Class", Fields: []hessian.Field{{Name: "name", Value: class}}}},
		{Name: "objects", Value: &hessian.List{Class: "[object", Items: constants}},
	}}
}

const enumSetHandler = "com.alibaba.com.caucho.hessian.io.EnumSetHandler"

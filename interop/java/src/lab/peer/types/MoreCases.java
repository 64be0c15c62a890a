package lab.peer.types;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.sql.Time;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.MonthDay;
import java.time.OffsetDateTime;
import java.time.OffsetTime;
import java.time.Period;
import java.time.Year;
import java.time.YearMonth;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Calendar;
import java.util.Collections;
import java.util.Currency;
import java.util.Date;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.GregorianCalendar;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Hashtable;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.LinkedList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Properties;
import java.util.Stack;
import java.util.TimeZone;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.Vector;
import java.util.WeakHashMap;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CopyOnWriteArraySet;
import java.util.concurrent.LinkedBlockingDeque;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.LinkedTransferQueue;
import java.util.concurrent.PriorityBlockingQueue;

import lab.types.Animal;
import lab.types.Cat;
import lab.types.Director;
import lab.types.Dog;
import lab.types.Kennel;
import lab.types.Level;
import lab.types.Nest;
import lab.types.Page;
import lab.types.Person;
import lab.types.Point;
import lab.types.Shop;
import lab.types.Values;
import lab.types.geo.Kind;
import lab.types.geo.Place;

/** The values for Library, Collections and Relations, and of any, of which Go has no type at hand. */
final class MoreCases extends Cases {
    private static final LocalDate DATE = LocalDate.of(2026, 11, 24);
    private static final LocalTime TIME = LocalTime.of(23, 59, 1, 5);
    private static final Instant NANOS = Instant.ofEpochSecond(1730000000L, 123000007);
    private static final UUID ID = new UUID(0x0100000000000000L, 2);

    @Override
    void more() {
        library();
        values();
        collections();
        relations();
        any();
    }

    private void library() {
        each("letter", 'a', '\0', '\u00e9', '\u4e16', '\ud83d', '\uffff');
        each("boxedChar", null, 'x');
        each("chars", "a\u00e9\u4e16".toCharArray());
        each("bigInteger", null, BigInteger.ZERO, BigInteger.valueOf(-255), BigInteger.valueOf(3).shiftLeft(100), BigInteger.ONE.negate().shiftLeft(64));
        each("bigDecimal", null, BigDecimal.ZERO, new BigDecimal("-12.50"), new BigDecimal("1E+10"));
        each("uuid", ID, new UUID(-1, -2));
        each("locale", Locale.ROOT, Locale.SIMPLIFIED_CHINESE, Locale.GERMAN);
        each("currency", null, Currency.getInstance("EUR"));
        each("bitSet", null, BitSet.valueOf(new long[] {5, Long.MIN_VALUE}));
        each("gregorianCalendar", null, calendar());
        each("timestamp", null, new Timestamp(DAY.getTime()));
        each("sqlDate", null, new java.sql.Date(DAY.getTime()));
        each("sqlTime", null, new Time(DAY.getTime()));
        each("localDate", null, DATE, LocalDate.of(1582, 10, 15));
        each("localTime", TIME, LocalTime.of(1, 2, 3));
        each("localDateTime", null, DATE.atTime(TIME));
        each("instant", null, NANOS, Instant.ofEpochSecond(-1, 1));
        each("duration", Duration.ZERO, Duration.ofNanos(-1), Duration.ofMinutes(90).plusNanos(1));
        each("longDuration", Duration.ZERO, Duration.ofSeconds(Long.MIN_VALUE, 1));
        each("period", Period.of(1, -2, 3));
        each("year", Year.of(2026));
        each("yearMonth", null, YearMonth.of(2026, 2));
        each("monthDay", null, MonthDay.of(2, 29));
        each("zoneID", null, ZoneId.of("Asia/Shanghai"));
        each("zoneOffset", ZoneOffset.UTC, ZoneOffset.ofHours(-1));
        each("offsetDateTime", null, OffsetDateTime.of(DATE, TIME, ZoneOffset.ofHours(2)));
        each("offsetTime", OffsetTime.of(TIME, ZoneOffset.ofHours(-3)));
        each("zonedDateTime", null, ZonedDateTime.of(DATE, TIME, ZoneId.of("Asia/Shanghai")));
        each("boxedLocalTime", null, TIME);
        each("moment", null, NANOS);
    }

    private static Calendar calendar() {
        Calendar c = new GregorianCalendar(TimeZone.getTimeZone("UTC"));
        c.setTime(DAY);
        return c;
    }

    private void values() {
        Values v = new Values();
        v.bigInteger = BigInteger.valueOf(-7);
        v.bigDecimal = new BigDecimal("1.50");
        v.uuid = ID;
        v.locale = Locale.ROOT;
        v.currency = Currency.getInstance("EUR");
        v.calendar = calendar();
        v.timestamp = new Timestamp(DAY.getTime());
        v.sqlDate = new java.sql.Date(DAY.getTime());
        v.sqlTime = new Time(DAY.getTime());
        v.localDate = DATE;
        v.localTime = TIME;
        v.localDateTime = DATE.atTime(TIME);
        v.instant = NANOS;
        v.duration = Duration.ofSeconds(1);
        v.period = Period.ofDays(1);
        v.year = Year.of(1);
        v.yearMonth = YearMonth.of(2026, 1);
        v.monthDay = MonthDay.of(1, 1);
        v.zoneID = ZoneId.of("UTC");
        v.zoneOffset = ZoneOffset.UTC;
        v.offsetDateTime = OffsetDateTime.of(DATE, TIME, ZoneOffset.UTC);
        v.offsetTime = OffsetTime.of(TIME, ZoneOffset.UTC);
        v.zonedDateTime = ZonedDateTime.of(DATE, TIME, ZoneId.of("UTC"));
        v.moment = NANOS;
        v.stamp = new Timestamp(DAY.getTime());
        v.letter = '\u00e9';
        v.boxedLetter = 'b';
        v.chars = "abc".toCharArray();
        v.days = Arrays.asList(DATE, null);
        v.prices = new HashMap<>(Collections.singletonMap(Currency.getInstance("EUR"), new BigDecimal("0.10")));
        // no bitSet: 2.6 loses it, which one cell of its own shows
        each("values", null, v);
    }

    private void collections() {
        each("integers", null, new Integer[] {1, null});
        each("characters", null, new Character[] {'a', '\u00e9'});
        each("ints", null, new int[0], new int[] {1, -1, 2, 3, 4, 5, 6, 7, 70000, Integer.MIN_VALUE});
        each("doubles", null, new double[] {0.5, Math.PI});
        each("blobArray", null, new byte[][] {null, {1, 2}});
        each("table", null, new String[][] {{"a"}, null, {}});
        each("cube", null, new long[][][] {{{1}, null}, null});
        each("array", null, new Object[] {1, "a", null, new Point(1, 0)});
        each("levelArray", null, new Level[] {Level.LOW, null, Level.HIGH});
        each("decimals", null, new BigDecimal[] {new BigDecimal("1.50"), null});
        each("listArray", null, new List<?>[] {list("a"), null, list()});
        each("collection", null, list("a"));
        each("linkedList", null, new LinkedList<>(Arrays.asList(3, 1)));
        each("unique", null, new LinkedHashSet<>(), new LinkedHashSet<>(list("a", "b")));
        each("sortedSet", null, new TreeSet<>(Arrays.asList(1L << 40, 2L)));
        each("levelSet", null, new LinkedHashSet<>(list(Level.HIGH)));
        LinkedHashMap<Object, Object> ordered = new LinkedHashMap<>();
        ordered.put("b", 1);
        ordered.put("a", 2);
        each("ordered", null, new LinkedHashMap<>(), ordered);
        LinkedHashMap<Object, Object> linked = new LinkedHashMap<>();
        linked.put(list(1), "list");
        linked.put(null, 2);
        each("linked", null, linked);
        each("byUUID", null, map(ID, "a"));
        each("byDay", null, map(DATE, 1));
        each("byPoint", null, map(new Point(1, 0), "a"));
        each("concurrent", null, new ConcurrentHashMap<>(map("a", 1)));
        each("longRows", null, map("a", new long[] {1, 2}, "b", null));
        each("groups", null, list(new LinkedHashSet<>(list("a")), null, new LinkedHashSet<>()));
        Nest n = new Nest();
        n.blobs = new byte[][] {{1}, null};
        n.levels = new Level[] {Level.HIGH};
        n.names = new String[] {"n"};
        n.objects = new Object[] {1, null};
        n.rows = cast(map("r", new int[] {1}));
        n.linked = new LinkedList<>(Arrays.asList("l"));
        n.unique = new LinkedHashSet<>(Arrays.asList("u"));
        n.sorted = new TreeSet<>(Arrays.asList(1L, 2L));
        n.ordered = new LinkedHashMap<>();
        n.ordered.put("b", 1L);
        n.ordered.put("a", 2L);
        each("nest", null, new Nest(), n);
    }

    private void relations() {
        Director d = new Director();
        d.name = "d";
        Person m = new Person();
        m.name = "m";
        d.reports = Arrays.asList(m);
        d.bonus = new BigDecimal("9.99");
        each("director", null, d);
        each("animal", null, dog("Rex", cat("Tom", 7)), cat("", 0));
        each("animals", null, list(dog("Rex", null), null, cat("", 9)));
        Kennel k = new Kennel();
        k.guard = dog("", cat("Tom", 0));
        k.others = cast(list(null, cat("", 0)));
        k.named = cast(map("a", dog("", null)));
        each("kennel", null, new Kennel(), k);
        Page<Point> points = new Page<>();
        points.items = cast(list(new Point(1, 0)));
        points.total = 1;
        each("pointPage", null, points);
        Page<String> words = new Page<>();
        words.items = cast(list("a"));
        words.total = 1L << 40;
        each("wordPage", null, words);
        Place ulm = place(new Place(), "Ulm", Kind.CITY), donau = place(new Place(), "Donau", Kind.RIVER);
        ulm.other = cast(list("Ulma"));
        donau.near = cast(list(ulm));
        ulm.near = cast(list(donau, null, ulm));
        each("place", null, place(new Place(), "", null), ulm);
        each("kinds", null, map(Kind.RIVER, list(place(new Place(), "Main", null), place(new Place(), "", null))));
        Shop shop = (Shop) place(new Shop(), "s", Kind.CITY);
        shop.open = true;
        shop.next = ulm;
        each("shop", null, shop);
    }

    private static Place place(Place p, String name, Kind kind) {
        p.name = name;
        p.kind = kind;
        return p;
    }

    private static Animal dog(String name, Animal chase) {
        Dog d = new Dog();
        d.name = name;
        d.chase = chase;
        return d;
    }

    private static Animal cat(String name, int lives) {
        Cat c = new Cat();
        c.name = name;
        c.lives = lives;
        return c;
    }

    /** What any carries and keeps the class of. */
    private void any() {
        put("any.bigdecimal", new BigDecimal("1.50"));
        put("any.biginteger", BigInteger.valueOf(3).shiftLeft(100));
        put("any.uuid", ID);
        put("any.localdate", DATE);
        put("any.zoned", ZonedDateTime.of(DATE, TIME, ZoneId.of("Asia/Shanghai")));
        put("any.locale", Locale.GERMAN);
        put("any.optional", Optional.of("here"));
        put("any.set", new LinkedHashSet<>(list("a", "b")));
        put("any.linkedlist", new LinkedList<>(list(1, 2)));
        put("any.emptylist", Collections.emptyList());
        put("any.strings", new String[] {"a", null});
        put("any.longs", new long[] {1, 2});
        put("any.numbermap", map(1L, "a"));
        put("any.person", director());
        anyCollection();
    }

    /** The JDK's collections and values where nothing but the wire tells their class. */
    private void anyCollection() {
        put("any.arraydeque", new ArrayDeque<>(list("a", "b")));
        put("any.copylist", new CopyOnWriteArrayList<>(list("a", "b")));
        put("any.copyset", new CopyOnWriteArraySet<>(list("a", "b")));
        put("any.linkedqueue", new ConcurrentLinkedQueue<>(list("a", "b")));
        put("any.blockingqueue", new LinkedBlockingQueue<>(list("a", "b")));
        put("any.priorityqueue", new PriorityQueue<>(list("a", "b")));
        put("any.vector", new Vector<>(list("a", "b")));
        put("any.treeset", new TreeSet<>(list("a", "b")));
        put("any.skipset", new ConcurrentSkipListSet<>(list("a", "b")));
        put("any.stack", stack());
        put("any.aslist", Arrays.asList("a", null));
        put("any.singletonlist", Collections.singletonList("a"));
        put("any.singletonset", Collections.singleton("a"));
        put("any.emptyset", Collections.emptySet());
        put("any.unmodifiablelist", Collections.unmodifiableList(list("a", "b")));
        put("any.unmodifiableset", Collections.unmodifiableSet(new LinkedHashSet<>(list("a", "b"))));
        put("any.synchronizedlist", Collections.synchronizedList(list("a", "b")));
        put("any.sublist", list("x", "a", "b").subList(1, 3));
        put("any.keyset", map("a", 1).keySet());
        put("any.enumset", EnumSet.of(Level.LOW, Level.HIGH));
        put("any.treemap", new TreeMap<>(map("a", 1)));
        put("any.linkedmap", new LinkedHashMap<>(map("a", 1)));
        put("any.hashtable", new Hashtable<>(map("a", 1)));
        put("any.concurrentmap", new ConcurrentHashMap<>(map("a", 1)));
        put("any.skipmap", new ConcurrentSkipListMap<>(map("a", 1)));
        put("any.weakmap", new WeakHashMap<>(map("a", 1)));
        put("any.properties", properties());
        put("any.emptymap", Collections.emptyMap());
        put("any.singletonmap", Collections.singletonMap("a", 1));
        put("any.unmodifiablemap", Collections.unmodifiableMap(map("a", 1)));
        put("any.synchronizedmap", Collections.synchronizedMap(map("a", 1)));
        put("any.enummap", new EnumMap<>(Collections.singletonMap(Level.LOW, 1)));
        put("any.char", 'c');
        put("any.float", 0.5f);
        put("any.bitset", BitSet.valueOf(new long[] {5}));
        put("any.calendar", calendar());
        put("any.currency", Currency.getInstance("EUR"));
        put("any.timestamp", new Timestamp(DAY.getTime()));
        put("any.instant", NANOS);
        put("any.duration", Duration.ofSeconds(1));
        put("any.localtime", TIME);
        put("any.localdatetime", DATE.atTime(TIME));
        put("any.offsetdatetime", OffsetDateTime.of(DATE, TIME, ZoneOffset.ofHours(2)));
        put("any.offsettime", OffsetTime.of(TIME, ZoneOffset.ofHours(-3)));
        put("any.period", Period.of(1, -2, 3));
        put("any.year", Year.of(2026));
        put("any.yearmonth", YearMonth.of(2026, 2));
        put("any.monthday", MonthDay.of(2, 29));
        put("any.zoneid", ZoneId.of("Asia/Shanghai"));
        put("any.zoneoffset", ZoneOffset.ofHours(-1));
        put("any.doubles", new double[] {0.5});
        put("any.objects", new Object[] {"a", 1});
        put("any.points", new Point[] {new Point(1, 0)});
        put("any.dates", new Date[] {DAY});
        rarerCollections();
    }

    private void rarerCollections() {
        put("any.hashset", new HashSet<>(list("a", "b")));
        put("any.linkeddeque", new ConcurrentLinkedDeque<>(list("a", "b")));
        put("any.blockingdeque", new LinkedBlockingDeque<>(list("a", "b")));
        put("any.transferqueue", new LinkedTransferQueue<>(list("a", "b")));
        put("any.arrayqueue", new ArrayBlockingQueue<>(2, false, list("a", "b")));
        put("any.priorityblocking", new PriorityBlockingQueue<>(list("a", "b")));
        put("any.copies", Collections.nCopies(2, "a"));
        put("any.checkedlist", Collections.checkedList(list("a", "b"), Object.class));
        put("any.unmodifiablecollection", Collections.unmodifiableCollection(list("a", "b")));
        put("any.sortedset", Collections.unmodifiableSortedSet(new TreeSet<>(list("a", "b"))));
        put("any.synchronizedset", Collections.synchronizedSet(new LinkedHashSet<>(list("a", "b"))));
        put("any.setofmap", Collections.newSetFromMap(new LinkedHashMap<>()));
        put("any.concurrentset", ConcurrentHashMap.newKeySet());
        put("any.mapvalues", map("a", "b").values());
        put("any.treekeys", new TreeMap<>(map("a", 1)).navigableKeySet());
        put("any.identitymap", new IdentityHashMap<>(map("a", 1)));
        put("any.sortedmap", Collections.unmodifiableSortedMap(new TreeMap<>(map("a", 1))));
        put("any.synchronizedsorted", Collections.synchronizedSortedMap(new TreeMap<>(map("a", 1))));
        put("any.checkedmap", Collections.checkedMap(map("a", 1), Object.class, Object.class));
        put("any.shortarray", new short[] {1, -1});
        put("any.intarray", new int[] {1, -1, 2, 3, 4, 5, 6, 7, 70000});
        put("any.floatarray", new float[] {0.5f});
        put("any.booleanarray", new boolean[] {true, false});
        put("any.integerarray", new Integer[] {1, null});
        put("any.bytearrays", new byte[][] {{1}, null});
        put("any.matrix", new int[][] {{1}, {}});
        put("any.enumarray", new Level[] {Level.LOW, null});
        put("any.decimals", new BigDecimal[] {BigDecimal.ONE});
        put("any.chararray", new char[] {'c', '\u00e9'});
    }

    private static Stack<Object> stack() {
        Stack<Object> s = new Stack<>();
        s.addAll(list("a", "b"));
        return s;
    }

    private static Properties properties() {
        Properties p = new Properties();
        p.setProperty("a", "1");
        return p;
    }

    private static Director director() {
        Director d = new Director();
        d.name = "unknown to Everything";
        return d;
    }
}

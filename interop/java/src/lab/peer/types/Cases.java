package lab.peer.types;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Date;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import lab.types.Containers;
import lab.types.Folder;
import lab.types.Level;
import lab.types.Manager;
import lab.types.Node;
import lab.types.Person;
import lab.types.Point;
import lab.types.Pointers;
import lab.types.Scalars;

/** The values of cases.txt; types_values_test.go has them in Go. MoreCases has those of the other services. */
class Cases {
    static final Date DAY = new Date(1730000000123L), MINUTE = new Date(1730000040000L);

    private final Map<String, Object> all = new LinkedHashMap<>();

    Cases() {
    }

    static Map<String, Object> all() {
        Cases v = new MoreCases();
        v.scalars();
        v.boxes();
        v.lists();
        v.arrays();
        v.maps();
        v.objects();
        v.more();
        return v.all;
    }

    final void put(String name, Object value) {
        if (all.containsKey(name)) {
            throw new IllegalStateException("twice: " + name);
        }
        all.put(name, value);
    }

    /** The values of cases "name.1", "name.2", and so on. */
    final void each(String name, Object... values) {
        for (int i = 0; i < values.length; i++) {
            put(name + "." + (i + 1), values[i]);
        }
    }

    void more() {
    }

    private void scalars() {
        each("bool", true, false);
        each("int8", (byte) 0, Byte.MAX_VALUE, Byte.MIN_VALUE);
        each("int16", (short) 0, Short.MAX_VALUE, Short.MIN_VALUE);
        each("int32", 0, 47, -17, 2047, -2048, 262143, -262145, Integer.MAX_VALUE, Integer.MIN_VALUE);
        each("int64", 0L, 15L, -9L, 2047L, -2049L, 262143L, -262145L, 1L << 31, Long.MAX_VALUE, Long.MIN_VALUE);
        each("longInt", 0L, 1L << 40);
        each("float32", 0f, 1f, 0.1f, -128f, 1e10f, Float.NEGATIVE_INFINITY, Float.NaN);
        each("float64", 0d, 1d, 0.1, -32768d, 12.345, 1e300, Double.POSITIVE_INFINITY, Double.NaN);
        put("string.empty", "");
        put("string.mixed", "Gr\u00fc\u00dfe, \u4e16\u754c \uD83D\uDE42\u0000~");
        put("string.chunks", repeat("\u00e9", 40000));
        put("string.pairs", "x" + repeat("\uD83D\uDE42", 40000));
        put("string.1024", repeat("s", 1024));
        put("bytes.null", null);
        put("bytes.empty", new byte[0]);
        put("bytes.few", new byte[] {0, -1, 127, -128});
        put("bytes.chunks", repeat("x", 70000).getBytes());
        put("time.null", null);
        put("time.ms", DAY);
        put("time.minute", MINUTE);
        put("time.before", new Date(-1));
        put("level.null", null);
        put("level.low", Level.LOW);
        put("level.high", Level.HIGH);
        put("any.null", null);
        put("any.bool", true);
        put("any.int", 7);
        put("any.long", 7L);
        put("any.double", 0.5);
        put("any.string", "text");
        put("any.bytes", new byte[] {1});
        put("any.date", DAY);
        put("any.enum", Level.HIGH);
        put("any.object", new Point(1, 0));
        put("any.cycle", family());
        put("any.list", list(1, "two", null));
        put("any.map", map("k", Level.LOW));
        put("any.ints", new int[] {1, 2});
        each("id", 0L, 1L << 40);
    }

    private void boxes() {
        each("boxedBool", null, true);
        each("boxedInt8", null, (byte) -1);
        each("boxedInt16", null, (short) 300);
        each("boxedInt32", null, 0);
        each("boxedInt64", null, 1L << 40);
        each("boxedInt", null, 5L);
        each("boxedFloat32", null, 0.1f);
        each("boxedFloat64", null, 0.1);
        each("boxedString", null, "", "s");
        each("boxedTime", null, DAY);
        each("boxedID", null, 9L);
    }

    private void lists() {
        each("tags", null, list(), list("a", ""));
        each("blob", null, new byte[] {1, 2});
        each("dates", null, list(null, list(), list(DAY, MINUTE)));
        each("list", null, list(), list(1, -1, Integer.MAX_VALUE));
        List<Object> many = list();
        for (int i = 0; i < 40; i++) {
            many.add(Integer.toString(i % 10));
        }
        each("strings", null, list("", "a"), many);
        each("nested", null, list(null, list(), list(null, list(), list(1L, 2L)), list(list(3L))));
        each("boxes", null, list(null, (short) 1, null));
        each("blobs", null, list(null, new byte[0], new byte[] {1}));
        each("objects", null, list(null, "a", 1, new Point(0, 2), Level.LOW, list()));
        each("levels", null, list(Level.LOW, null, Level.HIGH, Level.LOW));
        each("points", null, list(), list(new Point(), new Point(1, -1), new Point(1, -1)));
        each("nodes", null, list(null, node("a"), family()));
        each("rows", null, list(null, map(), map("a", list((byte) 1, (byte) -1)), map("b", null)));
        each("set", null, new LinkedHashSet<>(), new LinkedHashSet<>(list("a", "b")));
    }

    private void arrays() {
        each("longs", null, new long[0], new long[] {1, Long.MIN_VALUE});
        each("shorts", null, new short[] {1, -1});
        each("booleans", null, new boolean[] {true, false});
        each("floats", null, new float[] {0.1f, 3});
        each("names", null, new String[] {"a", ""});
        each("instants", null, new Date[] {DAY, null});
        each("matrix", null, new int[][] {{1, 2}, null, {}});
        each("polygon", null, new Point[] {new Point(1, 0), null});
    }

    private void maps() {
        each("sorted", null, new TreeMap<>(), new TreeMap<>(map("a", 1L, "b", 2L, "c", 3L)));
        each("counts", null, map(), map("a", 1));
        each("byNumber", null, map(-1L, "x", 1L << 40, "y"));
        each("byByte", null, map((byte) -128, true));
        each("byBool", null, map(false, 0.5));
        each("byLevel", null, map(Level.HIGH, new Point(2, 0)));
        each("byID", null, map(3L, family()), map(4L, null));
        each("calendar", null, map("a", map(1, list(DAY))), map("a", null), map("a", map(2, null)));
        each("properties", null, map("a", map("b", list(1L, new Point()))));
    }

    private void objects() {
        each("point", new Point(), new Point(Double.NEGATIVE_INFINITY, 0.25));
        each("node", null, node(""), family());
        put("scalars.null", null);
        put("scalars.zero", zero());
        Scalars s = new Scalars();
        s.bool = true;
        s.int8 = -8;
        s.int16 = 16;
        s.int32 = -32;
        s.int64 = 1L << 60;
        s.longInt = -64;
        s.float32 = 0.1f;
        s.float64 = 0.2;
        s.string = "s";
        s.bytes = new byte[] {9};
        s.time = DAY;
        s.level = Level.HIGH;
        s.any = new Point(4, 0);
        s.javaName = "r";
        put("scalars.full", s);
        Pointers p = new Pointers();
        p.bool = false;
        p.int8 = 0;
        p.int16 = 1;
        p.int32 = 2;
        p.int64 = 3L;
        p.longInt = 4L;
        p.float32 = 5.5f;
        p.float64 = 6.25;
        p.string = "";
        p.time = DAY;
        p.id = 7L;
        p.point = new Point();
        each("pointers", null, new Pointers(), p);
        Containers none = new Containers();
        none.point = new Point();
        Containers c = new Containers();
        c.point = new Point(1, 0);
        c.strings = cast(list("s"));
        c.array = new long[] {1, 2};
        c.matrix = new double[][] {{0.5}, null};
        c.set = new LinkedHashSet<>(Arrays.asList("e"));
        c.tree = new TreeMap<>(Cases.<Map<String, Integer>>cast(map("a", 1, "b", 2)));
        c.times = cast(map((short) 1, list(DAY), (short) 2, null));
        c.boxes = cast(list(map(Level.LOW, 1, Level.HIGH, null)));
        c.points = cast(map("p", list(new Point(0, 1))));
        c.any = list(Level.LOW, node("n"));
        each("containers", null, none, c);
        Manager m = new Manager();
        m.name = "m";
        m.born = DAY;
        Person r = new Person();
        r.name = "r";
        m.reports = cast(list(r, null));
        each("manager", null, m);
        Folder f = new Folder(), inner = new Folder(), named = new Folder();
        inner.folders = new ArrayList<>();
        named.folders = new ArrayList<>();
        f.folders = cast(list(null, inner));
        f.byName = cast(map("a", named));
        each("folder", new Folder(), f);
    }

    /** What a Go struct of zero values is to Java. */
    private static Scalars zero() {
        Scalars s = new Scalars();
        s.float32 = 0f;
        s.string = "";
        s.javaName = "";
        return s;
    }

    /** A parent with two children that know it. */
    private static Node family() {
        Node parent = node("parent"), a = node("a"), b = node("b");
        a.parent = parent;
        b.parent = parent;
        parent.children = cast(list(a, b, a));
        return parent;
    }

    static Node node(String name) {
        Node n = new Node();
        n.name = name;
        return n;
    }

    static List<Object> list(Object... items) {
        return new ArrayList<>(Arrays.asList(items));
    }

    static Map<Object, Object> map(Object... pairs) {
        Map<Object, Object> m = new HashMap<>();
        for (int i = 0; i < pairs.length; i += 2) {
            m.put(pairs[i], pairs[i + 1]);
        }
        return m;
    }

    @SuppressWarnings("unchecked")
    static <T> T cast(Object v) {
        return (T) v;
    }

    private static String repeat(String s, int n) {
        StringBuilder b = new StringBuilder();
        for (int i = 0; i < n; i++) {
            b.append(s);
        }
        return b.toString();
    }
}

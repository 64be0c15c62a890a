package lab.peer.types;

import java.lang.reflect.Array;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Calendar;
import java.util.Collection;
import java.util.Collections;
import java.util.Date;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * Everything in a value as text, so that both languages can tell what they have; text_test.go is the
 * twin. A byte, a short and an int look alike, as they do to Hessian; a long has an L. A list looks
 * like an array; a set and a map are sorted. An object that occurs again is a number, counted from
 * the first object on.
 */
final class Text {
    /** Strings and byte arrays of more units are told by their length and hash. */
    private static final int LONG = 60;

    private final StringBuilder b = new StringBuilder();
    private final Map<Object, Integer> seen = new IdentityHashMap<>();

    private Text() {
    }

    static String of(Object v) {
        Text t = new Text();
        t.add(v);
        return t.b.toString();
    }

    private void add(Object v) {
        if (v == null || v instanceof Boolean || v instanceof Byte || v instanceof Short || v instanceof Integer) {
            b.append(v);
        } else if (v instanceof Long) {
            b.append(v).append('L');
        } else if (v instanceof Float || v instanceof Double) {
            b.append(number(v.toString()));
        } else if (v instanceof Character || v instanceof String) {
            string(v.toString());
        } else if (v instanceof byte[]) {
            bytes((byte[]) v);
        } else if (v instanceof char[]) {
            string(new String((char[]) v));
        } else if (v instanceof Date) {
            b.append('@').append(((Date) v).getTime());
        } else if (v instanceof Calendar) {
            b.append("Calendar(").append(((Calendar) v).getTimeInMillis()).append(')');
        } else if (v instanceof Enum) {
            b.append(((Enum<?>) v).getDeclaringClass().getSimpleName()).append('.').append(((Enum<?>) v).name());
        } else if (v instanceof Optional) {
            b.append("Optional(");
            add(((Optional<?>) v).orElse(null));
            b.append(')');
        } else if (v instanceof Instant) {
            seconds("Instant", ((Instant) v).getEpochSecond(), ((Instant) v).getNano());
        } else if (v instanceof Duration) {
            seconds("Duration", ((Duration) v).getSeconds(), ((Duration) v).getNano());
        } else if (v instanceof ZoneOffset) {
            b.append("ZoneOffset(").append(((ZoneOffset) v).getTotalSeconds()).append(')');
        } else if (v instanceof ZoneId) {
            b.append("ZoneId(").append(v).append(')');
        } else if (v.getClass().isArray()) {
            List<Object> items = new ArrayList<>();
            for (int i = 0; i < Array.getLength(v); i++) {
                items.add(Array.get(v, i));
            }
            list(items);
        } else if (v instanceof Set) {
            set((Set<?>) v);
        } else if (v instanceof Collection) {
            list((Collection<?>) v);
        } else if (v instanceof Map) {
            map((Map<?, ?>) v);
        } else if (v.getClass().getName().startsWith("java.")) {
            // UUID, Locale, BigDecimal, java.time and the like
            b.append(v.getClass().getSimpleName()).append('(').append(v).append(')');
        } else {
            object(v);
        }
    }

    private void seconds(String name, long seconds, int nano) {
        b.append(name).append('(').append(seconds).append(" s ").append(nano).append(" ns)");
    }

    /** A number of a decimal form that depends on its value alone: 1.0E10, 0.25 are 1e10, 25e-2. */
    private static String number(String java) {
        if (java.equals("NaN") || java.endsWith("Infinity")) {
            return java;
        }
        BigDecimal d = new BigDecimal(java);
        if (d.signum() == 0) {
            return "0e0";
        }
        d = d.stripTrailingZeros();
        return d.unscaledValue() + "e" + -d.scale();
    }

    private void string(String s) {
        if (s.length() > LONG) {
            b.append("string #").append(s.length()).append(" #").append(s.hashCode());
            return;
        }
        b.append('"');
        for (char c : s.toCharArray()) {
            if (c < ' ' || c > '~' || c == '"' || c == '\\') {
                b.append(String.format("\\u%04x", (int) c));
            } else {
                b.append(c);
            }
        }
        b.append('"');
    }

    private void bytes(byte[] data) {
        if (data.length > LONG) {
            b.append("bytes #").append(data.length).append(" #").append(Arrays.hashCode(data));
            return;
        }
        b.append("bytes(");
        for (byte v : data) {
            b.append(String.format("%02x", v));
        }
        b.append(')');
    }

    private void list(Collection<?> items) {
        String separator = "";
        b.append('[');
        for (Object item : items) {
            b.append(separator);
            add(item);
            separator = ", ";
        }
        b.append(']');
    }

    private void set(Set<?> items) {
        List<String> texts = new ArrayList<>();
        for (Object item : items) {
            texts.add(of(item));
        }
        Collections.sort(texts);
        b.append('[').append(String.join(", ", texts)).append(']');
    }

    private void map(Map<?, ?> m) {
        TreeMap<String, Object> sorted = new TreeMap<>();
        for (Map.Entry<?, ?> e : m.entrySet()) {
            sorted.put(of(e.getKey()), e.getValue());
        }
        fields(sorted);
    }

    private void fields(TreeMap<String, Object> sorted) {
        String separator = "";
        b.append('{');
        for (Map.Entry<String, Object> e : sorted.entrySet()) {
            b.append(separator).append(e.getKey()).append(": ");
            add(e.getValue());
            separator = ", ";
        }
        b.append('}');
    }

    private void object(Object v) {
        Integer before = seen.putIfAbsent(v, seen.size());
        if (before != null) {
            b.append('#').append(before);
            return;
        }
        b.append(v.getClass().getSimpleName());
        TreeMap<String, Object> sorted = new TreeMap<>();
        for (Class<?> c = v.getClass(); c != Object.class; c = c.getSuperclass()) {
            for (Field f : c.getDeclaredFields()) {
                if (Modifier.isStatic(f.getModifiers())) {
                    continue;
                }
                try {
                    f.setAccessible(true);
                    sorted.put(f.getName(), f.get(v));
                } catch (IllegalAccessException e) {
                    throw new AssertionError(e);
                }
            }
        }
        fields(sorted);
    }
}

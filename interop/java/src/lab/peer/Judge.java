package lab.peer;

import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.reflect.Array;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.logging.Level;
import java.util.logging.LogManager;

import com.alibaba.com.caucho.hessian.io.Hessian2Input;

/**
 * Tells what Java reads. Each line of input is the hexadecimal of bytes; the row that answers is
 * VALUE and the first value in them as text, or ERROR and why there is none. The text is that of
 * the Go package canon.
 */
public final class Judge {
    /** No text may be longer. */
    private static final int LONGEST = 1 << 16;

    private final List<Object> path = new ArrayList<>();
    private int written;

    public static void main(String[] args) throws IOException {
        LogManager.getLogManager().reset();
        LogManager.getLogManager().getLogger("").setLevel(Level.OFF);
        Peer.print("PEER", "dubbo " + Dubbo.version() + ", java " + System.getProperty("java.version"));
        BufferedReader lines = new BufferedReader(new InputStreamReader(System.in));
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            try {
                Hessian2Input in = new Hessian2Input(new ByteArrayInputStream(bytes(line)));
                Peer.print("VALUE", new Judge().text(in.readObject()));
            } catch (Throwable e) {
                Peer.print("ERROR", e.toString().replaceAll("@[0-9a-f]+", ""));
            }
        }
    }

    private static byte[] bytes(String hex) {
        byte[] all = new byte[hex.length() / 2];
        for (int i = 0; i < all.length; i++) {
            all[i] = (byte) Integer.parseInt(hex.substring(2 * i, 2 * i + 2), 16);
        }
        return all;
    }

    private String text(Object v) {
        for (int i = 0; i < path.size(); i++) {
            if (path.get(i) == v) {
                return "@" + i;
            }
        }
        path.add(v);
        String text = write(v);
        path.remove(path.size() - 1);
        written += text.length();
        if (written > LONGEST) {
            throw new IllegalStateException("the value is too long to tell");
        }
        return text;
    }

    private String write(Object v) {
        if (v == null) {
            return "N";
        } else if (v instanceof Boolean) {
            return (Boolean) v ? "T" : "F";
        } else if (v instanceof Integer || v instanceof Short || v instanceof Byte) {
            return "i" + v;
        } else if (v instanceof Long) {
            return "l" + v;
        } else if (v instanceof Double || v instanceof Float) {
            double d = ((Number) v).doubleValue();
            return "d" + Long.toHexString(Double.doubleToLongBits(d));
        } else if (v instanceof String || v instanceof Character) {
            return quote(v.toString());
        } else if (v instanceof byte[]) {
            StringBuilder b = new StringBuilder("x");
            for (byte x : (byte[]) v) {
                b.append(String.format("%02x", x));
            }
            return b.toString();
        } else if (v.getClass() == Date.class) {
            return "t" + ((Date) v).getTime();
        } else if (v.getClass().isArray()) {
            List<String> items = new ArrayList<>();
            for (int i = 0; i < Array.getLength(v); i++) {
                items.add(text(Array.get(v, i)));
            }
            return "[" + String.join(",", items) + "]";
        } else if (v instanceof Collection) {
            Collection<String> items = v instanceof Set ? new TreeSet<>() : new ArrayList<>();
            for (Object item : (Collection<?>) v) {
                items.add(text(item));
            }
            return v instanceof Set ? "<" + String.join(",", items) + ">" : "[" + String.join(",", items) + "]";
        } else if (v instanceof Map) {
            Map<String, String> entries = new TreeMap<>();
            for (Map.Entry<?, ?> e : ((Map<?, ?>) v).entrySet()) {
                entries.put(text(e.getKey()), text(e.getValue()));
            }
            List<String> pairs = new ArrayList<>();
            for (Map.Entry<String, String> e : entries.entrySet()) {
                pairs.add(e.getKey() + "=" + e.getValue());
            }
            return "{" + String.join(",", pairs) + "}";
        }
        return "J";
    }

    private static String quote(String s) {
        StringBuilder b = new StringBuilder("\"");
        for (int i = 0; i < s.length(); i++) {
            char c = s.charAt(i);
            if (c < ' ' || c > '~' || c == '"' || c == '\\') {
                b.append(String.format("\\u%04x", (int) c));
            } else {
                b.append(c);
            }
        }
        return b.append('"').toString();
    }
}

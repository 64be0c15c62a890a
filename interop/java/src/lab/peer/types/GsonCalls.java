package lab.peer.types;

import static lab.peer.Calls.same;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.reflect.Method;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import com.google.gson.Gson;
import com.google.gson.JsonElement;
import com.google.gson.JsonParser;

import lab.peer.Calls;
import lab.peer.Dubbo;
import lab.peer.Exports;
import lab.peer.Generic;
import lab.peer.Ref;
import lab.peer.Suite;
import lab.peer.Terms;
import lab.types.Collections;
import lab.types.Everything;
import lab.types.Library;
import lab.types.Relations;

/**
 * Calls of lab.types in JSON; their Go twins are in gson_test.go. The rows of gson.txt are checked
 * with this process's own Gson before they are sent.
 */
public final class GsonCalls implements Suite {
    private static final Class<?>[] SERVICES = {Everything.class, Library.class, Collections.class, Relations.class};
    private static final String[] NAMES = {"void", "overload", "null.primitive", "exception", "enum.null", "calendar", "everything", "library", "collections", "relations"};

    private final Gson gson = new Gson();
    /** Whether the provider answers with JSON. */
    private boolean json;

    @Override
    public String name() {
        return "gson";
    }

    @Override
    public void provide(Exports exports) {
        for (Class<?> service : SERVICES) {
            export(exports, service);
        }
    }

    private static <T> void export(Exports exports, Class<T> service) {
        exports.export(service, Echo.service(service, new Constants()), new Terms().group("-gson"));
    }

    @Override
    public void consume(Calls calls) throws Exception {
        if (!Dubbo.GENERIC_GSON) {
            for (String name : NAMES) {
                calls.lacks(name);
            }
            return;
        }
        try (Ref<Generic> ref = refer(calls, Everything.class)) {
            json = answersJson(ref.service);
            calls.call("void", () -> same(json ? "null" : null, ref.service.invoke("nothing", new String[0])));
            calls.call("overload", () -> {
                Object back = ref.service.invoke("find", new String[] {"java.lang.String"}, "\"Ada\"");
                return json ? same(tree("{\"name\":\"Ada\"}"), tree((String) back)) : same("Ada", ((Map<?, ?>) back).get("name"));
            });
            calls.call("null.primitive", () -> {
                Object back;
                try {
                    back = ref.service.invoke("int32", null, "null");
                } catch (RuntimeException e) {
                    return same(false, Dubbo.isTimeout(e)) + " " + Calls.chain(e);
                }
                throw new AssertionError("it answered " + back);
            });
            calls.call("exception", () -> {
                try {
                    return "it answered " + ref.service.invoke("find", new String[] {"long"}, "7");
                } catch (RuntimeException e) {
                    return same(true, String.valueOf(Dubbo.thrown(e)).startsWith("lab.types.NotFoundException: "));
                }
            });
        }
        one(calls, "enum.null", Collections.class, "levelArray", "[\"LOW\",null,\"HIGH\"]");
        one(calls, "calendar", Library.class, "gregorianCalendar",
            "{\"year\":2024,\"month\":9,\"dayOfMonth\":27,\"hourOfDay\":3,\"minute\":33,\"second\":20}");
        for (Class<?> service : SERVICES) {
            try (Ref<Generic> ref = refer(calls, service)) {
                calls.call(service.getSimpleName().toLowerCase(), () -> rows(service, ref.service));
            }
        }
    }

    private void one(Calls calls, String name, Class<?> service, String method, String json) {
        try (Ref<Generic> ref = refer(calls, service)) {
            calls.call(name, () -> {
                String why = row(service, ref.service, method, json, json);
                return same(null, why);
            });
        }
    }

    private static Ref<Generic> refer(Calls calls, Class<?> service) {
        return calls.generic(service.getName(), new Terms().group("-gson").generic("gson"));
    }

    /** Whether the provider's answers are JSON. Those of Dubbo before 3.3 are values, those of Go never. */
    private static boolean answersJson(Generic everything) {
        Dubbo.attach(Echo.CASE, Echo.UNCHECKED);
        Object one = everything.invoke("int32", null, "1");
        if (!one.equals("1") && (!one.equals(1) || Dubbo.GSON_ANSWERS)) {
            throw new AssertionError("int32(1) is " + one + ", a " + one.getClass());
        }
        return one.equals("1");
    }

    /** Makes the calls of all rows of a service. Dubbo before 3.3 answers with values, which are not looked at. */
    private String rows(Class<?> service, Generic generic) throws Exception {
        int n = 0;
        List<String> wrong = new ArrayList<>();
        for (String[] row : read(service.getSimpleName())) {
            n++;
            String why = row(service, generic, row[1], row[2], row[3].equals("=") ? row[2] : row[3]);
            if (why != null) {
                wrong.add(row[1] + "(" + row[2] + "): " + why);
            }
        }
        if (n == 0 || !wrong.isEmpty()) {
            throw new AssertionError(wrong.size() + " of " + n + ": " + wrong);
        }
        return n + " calls";
    }

    private String row(Class<?> service, Generic generic, String method, String in, String out) throws Exception {
        String want;
        try {
            want = gson.toJson((Object) gson.fromJson(in, method(service, method).getGenericParameterTypes()[0]));
        } catch (RuntimeException e) {
            want = "!";
        }
        if (!want.equals(out)) {
            return "Gson makes " + want + " of it, and the file says " + out;
        }
        Object got;
        try {
            Dubbo.attach(Echo.CASE, Echo.UNCHECKED);
            got = generic.invoke(method, null, in);
        } catch (RuntimeException e) {
            return out.equals("!") && !Dubbo.isTimeout(e) && Dubbo.thrown(e) == null ? null : Calls.chain(e);
        }
        if (!json) {
            return out.equals("!") ? "it answered " + got : null;
        }
        return got instanceof String && tree((String) got).equals(tree(out)) ? null : "got " + got + ", want " + out;
    }

    private static Method method(Class<?> service, String name) {
        for (Method m : service.getMethods()) {
            if (m.getName().equals(name) && m.getParameterTypes().length == 1) {
                return m;
            }
        }
        throw new IllegalStateException("no method " + name);
    }

    /** A text in which the order of keys does not count, nor which Java a date was written by. */
    private static JsonElement tree(String text) {
        return new JsonParser().parse(text.replaceAll("([A-Z][a-z]{2} \\d+, \\d{4}),? (\\d+:\\d\\d:\\d\\d [AP]M)", "$1 $2"));
    }

    private static List<String[]> read(String service) throws IOException {
        List<String[]> rows = new ArrayList<>();
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(
            GsonCalls.class.getResourceAsStream("gson.txt"), StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                String[] row = line.split("\t", -1);
                if (row.length == 4 && row[0].equals(service)) {
                    rows.add(row);
                }
            }
        }
        return rows;
    }
}

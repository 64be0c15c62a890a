package lab.peer.types;

import static lab.peer.Calls.same;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.Map;

import lab.peer.Calls;
import lab.peer.Dubbo;
import lab.peer.Exports;
import lab.peer.Ref;
import lab.peer.Suite;
import lab.peer.Terms;
import lab.types.Collections;
import lab.types.Everything;
import lab.types.GoneException;
import lab.types.Level;
import lab.types.Library;
import lab.types.Node;
import lab.types.NotFoundException;
import lab.types.RefusedException;
import lab.types.Relations;
import lab.types.Scalars;
import lab.types.geo.Kind;
import lab.types.geo.LostException;

/**
 * The suite of lab.types: a call for each case of cases.txt, whose name begins with the method's,
 * and those of the methods that do more than return their argument.
 */
public final class TypesSuite implements Suite {
    private final Constants constants = new Constants();

    @Override
    public String name() {
        return "types";
    }

    @Override
    public void provide(Exports exports) {
        exports.export(Everything.class, Echo.service(Everything.class, constants), new Terms());
        exports.export(Library.class, Echo.service(Library.class, constants), new Terms());
        exports.export(Collections.class, Echo.service(Collections.class, constants), new Terms());
        exports.export(Relations.class, Echo.service(Relations.class, constants), new Terms());
    }

    @Override
    public void consume(Calls calls) {
        try (Ref<Everything> everything = calls.refer(Everything.class, new Terms().with("tell.return", "false"));
            Ref<Library> library = calls.refer(Library.class, new Terms());
            Ref<Collections> collections = calls.refer(Collections.class, new Terms());
            Ref<Relations> relations = calls.refer(Relations.class, new Terms())) {
            Map<String, Object> values = Cases.all();
            Object[] services = {everything.service, library.service, collections.service, relations.service};
            for (String name : constants.names()) {
                calls.call(name, () -> trip(services, name, values));
            }
            specials(calls, everything.service);
            relations(calls, relations.service);
        }
    }

    /** Sends the value of a case to the method that returns it. */
    private String trip(Object[] services, String name, Map<String, Object> values) throws Throwable {
        if (!values.containsKey(name)) {
            throw new IllegalStateException("Cases.java has no case " + name);
        }
        constants.check("the consumer has", name, values.get(name));
        Dubbo.attach(Echo.CASE, name);
        String method = name.substring(0, name.indexOf('.'));
        Object back;
        try {
            back = invoke(services, method, values.get(name));
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
        constants.check("back came", name, back);
        return back == null ? "null" : back.getClass().getName();
    }

    private static Object invoke(Object[] services, String method, Object arg) throws ReflectiveOperationException {
        Class<?>[] types = {Everything.class, Library.class, Collections.class, Relations.class};
        for (int i = 0; i < types.length; i++) {
            for (Method m : types[i].getMethods()) {
                if (m.getName().equals(method) && m.getParameterTypes().length == 1) {
                    return m.invoke(services[i], arg);
                }
            }
        }
        throw new IllegalStateException("no method " + method);
    }

    private static void specials(Calls calls, Everything service) {
        calls.call("small", () -> same(108, service.small((short) 10, 'b')));
        calls.call("same.one", () -> {
            Node n = new Node();
            return same(true, service.same(n, n));
        });
        calls.call("same.two", () -> same(false, service.same(new Node(), new Node())));
        calls.call("overload.long", () -> {
            try {
                service.find(7L);
            } catch (NotFoundException e) {
                return same(7L, e.id);
            }
            throw new AssertionError("found");
        });
        calls.call("overload.string", () -> same("Ada", service.find("Ada").name));
        calls.call("exception.cause", () -> {
            try {
                service.find(-1);
            } catch (RefusedException e) {
                NotFoundException cause = (NotFoundException) e.getCause();
                return same("too low", e.getMessage()) + same(Level.HIGH, e.level) + same(-1L, cause.id);
            }
            throw new AssertionError("found");
        });
        calls.call("exception.nocause", () -> {
            try {
                service.find(-2);
            } catch (RefusedException e) {
                return same("too low", e.getMessage()) + same(null, e.level) + same(null, e.getCause());
            }
            throw new AssertionError("found");
        });
        calls.call("exception.plain", () -> {
            try {
                service.find(-3);
            } catch (RuntimeException e) {
                return same(RuntimeException.class, e.getClass()) + same("plain", e.getMessage());
            }
            throw new AssertionError("found");
        });
        calls.call("exception.error", () -> {
            try {
                service.find(-4);
            } catch (StackOverflowError e) {
                return same("deep", e.getMessage());
            }
            throw new AssertionError("found");
        });
        calls.call("exception.silent", () -> {
            try {
                service.find(-5);
            } catch (IllegalStateException e) {
                return same(null, e.getMessage());
            }
            throw new AssertionError("found");
        });
        calls.call("told", () -> {
            service.tell("once");
            return same("once", service.told());
        });
        calls.call("void", () -> {
            service.nothing();
            service.unnamed("a", 1);
            return "";
        });
        calls.call("null.argument", () -> {
            Integer got;
            try {
                got = service.small(null, 'b');
            } catch (RuntimeException e) {
                String text = Calls.chain(e);
                return same(false, Dubbo.isTimeout(e)) + same(true, text.contains("null") || text.contains("NullPointerException")) + " " + text;
            }
            throw new AssertionError("got " + got);
        });
        // Java writes what an Iterator has as a list that does not tell its length.
        calls.call("list.open", () -> {
            Dubbo.attach(Echo.CASE, "any.vector");
            return same(Cases.list("a", "b"), service.any(Cases.list("a", "b").iterator()));
        });
        // Who has a primitive there cannot hold it, and must say which field that is.
        calls.call("null.field", () -> {
            Scalars sent = new Scalars(), back;
            Dubbo.attach(Echo.CASE, Echo.NO_FLOAT);
            try {
                back = service.scalars(sent);
            } catch (RuntimeException e) {
                String text = Calls.chain(e);
                return same(true, text.contains("float32") && text.contains("null")) + " " + text;
            }
            return same(null, back.float32);
        });
    }

    private static void relations(Calls calls, Relations service) {
        calls.call("overload.rename", () -> same("7 a", service.rename(7L, "a")) + same("7 a true", service.rename(7L, "a", true))
            + same("boxed 8 9", service.rename((Long) 8L, (Object) 9)));
        calls.call("exception.package", () -> {
            try {
                service.find("Ulm", Kind.CITY);
            } catch (LostException e) {
                return same("no Ulm", e.getMessage()) + same("Ulm", e.last.name) + same(Kind.CITY, e.last.kind);
            }
            throw new AssertionError("found");
        });
        calls.call("exception.subclass", () -> {
            try {
                service.remove(5);
            } catch (GoneException e) {
                return same(5L, e.id) + same(Cases.DAY, e.since);
            }
            throw new AssertionError("removed");
        });
        calls.call("exception.superclass", () -> {
            try {
                service.remove(6);
            } catch (NotFoundException e) {
                return same(NotFoundException.class, e.getClass()) + same(6L, e.id);
            }
            throw new AssertionError("removed");
        });
        calls.call("throwable", () -> {
            Throwable back = service.problem(new IllegalStateException("as a value"));
            return same(IllegalStateException.class, back.getClass()) + same("as a value", back.getMessage());
        });
        calls.call("throwable.suppressed", () -> {
            Throwable sent = new IllegalStateException("outer");
            sent.addSuppressed(new IllegalArgumentException("beside"));
            Throwable[] back = service.problem(sent).getSuppressed();
            return same(1, back.length) + same("beside", back[0].getMessage()) + same(sent.getSuppressed()[0].getStackTrace().length, back[0].getStackTrace().length);
        });
        calls.call("throwable.stack", () -> {
            Throwable sent = new IllegalStateException("outer", new IllegalArgumentException("inner"));
            Throwable back = service.problem(sent);
            return same(String.valueOf(sent.getStackTrace()[0]), String.valueOf(back.getStackTrace()[0]))
                + same(sent.getStackTrace().length, back.getStackTrace().length)
                + same(IllegalArgumentException.class, back.getCause().getClass()) + same("inner", back.getCause().getMessage());
        });
    }
}

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
import lab.types.Everything;
import lab.types.Level;
import lab.types.Node;
import lab.types.NotFoundException;
import lab.types.RefusedException;

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
        exports.export(Everything.class, Echo.service(constants), new Terms());
    }

    @Override
    public void consume(Calls calls) {
        try (Ref<Everything> ref = calls.refer(Everything.class, new Terms().with("tell.return", "false"))) {
            Map<String, Object> values = Values.all();
            for (String name : constants.names()) {
                calls.call(name, () -> trip(ref.service, name, values));
            }
            specials(calls, ref.service);
        }
    }

    /** Sends the value of a case to the method that returns it. */
    private String trip(Everything service, String name, Map<String, Object> values) throws Throwable {
        if (!values.containsKey(name)) {
            throw new IllegalStateException("Values.java has no case " + name);
        }
        constants.check("the consumer has", name, values.get(name));
        Dubbo.attach(Echo.CASE, name);
        Object back;
        try {
            back = method(name.substring(0, name.indexOf('.'))).invoke(service, values.get(name));
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
        constants.check("back came", name, back);
        return "";
    }

    private static Method method(String name) {
        for (Method m : Everything.class.getMethods()) {
            if (m.getName().equals(name) && m.getParameterTypes().length == 1) {
                return m;
            }
        }
        throw new IllegalStateException("no method " + name);
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
        calls.call("told", () -> {
            service.tell("once");
            return same("once", service.told());
        });
        calls.call("void", () -> {
            service.nothing();
            service.unnamed("a", 1);
            return "";
        });
    }
}

package lab.peer.types;

import java.lang.reflect.Proxy;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import lab.peer.Dubbo;
import lab.types.GoneException;
import lab.types.Level;
import lab.types.Node;
import lab.types.NotFoundException;
import lab.types.RefusedException;
import lab.types.Scalars;
import lab.types.geo.Kind;
import lab.types.geo.LostException;
import lab.types.geo.Place;

/** The service on the Java side: it checks and returns what it gets. */
final class Echo {
    /** The attachment that names the case which the argument is. */
    static final String CASE = "lab-case";
    /** The case of an argument that is none of cases.txt. */
    static final String UNCHECKED = "none";
    /** The case of Scalars that come back with null for their Float. */
    static final String NO_FLOAT = "null.field";

    private final Constants constants;
    private final BlockingQueue<String> told = new LinkedBlockingQueue<>();

    private Echo(Constants constants) {
        this.constants = constants;
    }

    static <T> T service(Class<T> type, Constants constants) {
        Echo echo = new Echo(constants);
        return type.cast(Proxy.newProxyInstance(Echo.class.getClassLoader(), new Class<?>[] {type},
            (proxy, method, args) -> echo.answer(method.getName(), args)));
    }

    private Object answer(String method, Object[] args) throws Exception {
        switch (method) {
            case "toString":
                return "echo";
            case "hashCode":
                return 1;
            case "small":
                return (Short) args[0] == -1 ? null : (Short) args[0] + (Character) args[1];
            case "same":
                return args[0] == args[1];
            case "find":
                if (args.length == 2) {
                    throw lost((String) args[0], (Kind) args[1]);
                }
                return args[0] instanceof Long ? find((Long) args[0]) : named((String) args[0]);
            case "remove":
                throw args[0].equals(5L) ? new GoneException(5, Cases.DAY) : new NotFoundException((Long) args[0]);
            case "rename":
                return args.length == 3 ? args[0] + " " + args[1] + " " + args[2]
                    : args[1] instanceof String ? args[0] + " " + args[1] : "boxed " + args[0] + " " + args[1];
            case "problem":
                return args[0];
            case "tell":
                told.add((String) args[0]);
                return null;
            case "told":
                return told.poll(5, TimeUnit.SECONDS);
            case "nothing":
                return null;
            case "unnamed":
                if (!args[0].equals("a") || !args[1].equals(1)) {
                    throw new IllegalStateException("got " + args[0] + " " + args[1]);
                }
                return null;
            default:
                String name = (String) Dubbo.attachment(CASE);
                if (NO_FLOAT.equals(name)) {
                    ((Scalars) args[0]).float32 = null;
                } else if (!UNCHECKED.equals(name)) {
                    constants.check("the provider got", name, args[0]);
                }
                return args[0];
        }
    }

    private static Node find(long id) throws NotFoundException, RefusedException {
        if (id == -1) {
            throw new RefusedException("too low", new NotFoundException(id), Level.HIGH);
        }
        if (id == -2) {
            throw new RefusedException("too low", null, null);
        }
        if (id == -3) {
            throw new RuntimeException("plain");
        }
        if (id == -4) {
            throw new StackOverflowError("deep");
        }
        if (id == -5) {
            throw new IllegalStateException();
        }
        throw new NotFoundException(id);
    }

    private static LostException lost(String name, Kind kind) {
        Place last = new Place();
        last.name = name;
        last.kind = kind;
        return new LostException("no " + name, last);
    }

    private static Node named(String name) {
        Node node = new Node();
        node.name = name;
        return node;
    }
}

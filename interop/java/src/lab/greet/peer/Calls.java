package lab.greet.peer;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;

import lab.greet.GreetService;
import lab.greet.Level;
import lab.greet.NotFoundException;
import lab.greet.User;

import org.apache.dubbo.rpc.RpcContext;
import org.apache.dubbo.rpc.RpcException;

/** The calls of the Java consumer; names and meaning are those of calls.go. */
final class Calls {
    private interface Call {
        /** Returns what came back in short; throws when it is not what was due. */
        String run() throws Throwable;
    }

    private final String label;
    private final GreetService service;

    Calls(String label, GreetService service) {
        this.label = label;
        this.service = service;
    }

    void run() {
        call("string", () -> same("hello, Ada", service.sayHello("Ada")));
        call("string.unicode", () -> same("hello, \u00e9\u6f22\uD83D\uDE00\u0000~", service.sayHello("\u00e9\u6f22\uD83D\uDE00\u0000~")));
        call("string.long", this::longString);
        call("long", () -> same((1L << 40) - 3, service.addLong(1L << 40, -3))
            + " " + same(Long.MIN_VALUE, service.addLong(Long.MAX_VALUE, 1)));
        call("double", this::doubles);
        call("boolean", () -> same(false, service.not(true)) + " " + same(true, service.not(false)));
        call("pojo", () -> same(Users.text(Users.ada()), Users.text(service.echoUser(Users.ada()))));
        call("pojo.bare", () -> same(Users.text(Users.bare()), Users.text(service.echoUser(Users.bare()))));
        call("pojo.null", () -> same(null, service.echoUser(null)));
        call("pojo.found", () -> same(Users.text(Users.ada()), Users.text(service.find(Users.ADA))));
        call("enum", () -> same(Level.MID, service.nextLevel(Level.LOW)) + " " + same(Level.LOW, service.nextLevel(Level.HIGH)));
        call("enum.null", () -> same(null, service.nextLevel(null)));
        call("null", () -> same(null, service.maybe(null)) + " " + same("", service.maybe("")));
        call("list", this::list);
        call("map", this::map);
        call("exception.declared", this::declared);
        call("exception.undeclared", this::undeclared);
        call("oneway", () -> {
            String token = UUID.randomUUID().toString();
            service.notify(token);
            return token;
        });
        call("attachments", this::attachments);
        call("timeout", this::timeout);
        call("after.timeout", () -> same("hello, again", service.sayHello("again")));
    }

    private void call(String name, Call call) {
        try {
            Peer.print("CALL", label, name, "ok", call.run());
        } catch (Throwable e) {
            Peer.print("CALL", label, name, "FAIL", chain(e));
        }
    }

    private static String same(Object want, Object got) {
        if (!Objects.equals(want, got)) {
            throw new AssertionError("got " + got + ", want " + want);
        }
        return String.valueOf(got);
    }

    static String chain(Throwable e) {
        StringBuilder b = new StringBuilder(e.toString());
        for (Throwable c = e.getCause(); c != null; c = c.getCause()) {
            b.append(" <- ").append(c);
        }
        return b.toString();
    }

    /** A string of several chunks, with surrogate pairs on every boundary that chunking may choose. */
    private String longString() {
        StringBuilder b = new StringBuilder("x");
        for (int i = 0; i < 50000; i++) {
            b.append("\uD83D\uDE00");
        }
        same("hello, " + b, service.sayHello(b.toString()));
        b.append("y");
        same("hello, y" + b, service.sayHello("y" + b));
        return b.length() + " UTF-16 units";
    }

    private String doubles() {
        for (double v : new double[] {0, 1, 3, -128, 32767, 0.1, 12.345, Math.PI, 1e300, Double.MIN_VALUE * 2, -1e-9,
            Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY, Double.NaN}) {
            same(v / 2, service.half(v));
        }
        return "14 values";
    }

    private String list() {
        StringBuilder want = new StringBuilder();
        for (int i = 0; i < 20; i++) {
            want.append(Users.text(Users.numbered(i)));
        }
        same(want.toString(), Users.text(service.list(20)));
        List<User> none = service.list(0);
        return "20 users and " + same(0, none.size());
    }

    private String map() {
        Map<String, Integer> want = new HashMap<>();
        want.put("a", 2);
        want.put("\u6f22", 1);
        same(want, service.count(Arrays.asList("a", "\u6f22", "a")));
        return want + " and " + same(new HashMap<>(), service.count(Arrays.asList()));
    }

    private String declared() {
        try {
            service.find(Users.NOBODY);
        } catch (NotFoundException e) {
            return same(Users.NOBODY, e.getId()) + " " + same("no user " + Users.NOBODY, e.getMessage());
        }
        throw new AssertionError("found somebody");
    }

    private String undeclared() {
        try {
            service.fail("boom");
        } catch (IllegalStateException e) {
            return e.getClass().getName() + " " + same("boom", e.getMessage());
        }
        throw new AssertionError("nothing thrown");
    }

    private String attachments() {
        RpcContext.getContext().setAttachment("lab-key", "v \u00e9\u6f22");
        same("v \u00e9\u6f22", service.attach("lab-key"));
        return same("back v \u00e9\u6f22", Replies.attachment("back-lab-key"));
    }

    private String timeout() {
        long start = System.nanoTime();
        try {
            service.slow(5 * Peer.SLOW_TIMEOUT_MS);
        } catch (RpcException e) {
            same(true, e.isTimeout());
            long ms = (System.nanoTime() - start) / 1_000_000;
            if (ms < Peer.SLOW_TIMEOUT_MS - 50 || ms > 4 * Peer.SLOW_TIMEOUT_MS) {
                throw new AssertionError("timed out after " + ms + " ms");
            }
            return "timed out";
        }
        throw new AssertionError("it answered");
    }
}

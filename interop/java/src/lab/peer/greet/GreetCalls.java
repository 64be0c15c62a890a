package lab.peer.greet;

import static lab.peer.Calls.same;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

import lab.greet.GreetService;
import lab.greet.Level;
import lab.greet.NotFoundException;
import lab.greet.User;
import lab.peer.Calls;
import lab.peer.Dubbo;
import lab.peer.Exports;
import lab.peer.Ref;
import lab.peer.Suite;
import lab.peer.Terms;

/** The suite of lab.greet; names and meaning of the calls are those of Go's calls_test.go. */
public final class GreetCalls implements Suite {
    private static final int SLOW_TIMEOUT_MS = 300;

    private GreetService service;

    @Override
    public String name() {
        return "greet";
    }

    @Override
    public void provide(Exports exports) {
        exports.export(GreetService.class, new Greeter(), new Terms());
    }

    @Override
    public void consume(Calls calls) {
        Terms terms = new Terms().with("slow.timeout", Integer.toString(SLOW_TIMEOUT_MS)).with("notify.return", "false");
        try (Ref<GreetService> ref = calls.refer(GreetService.class, terms)) {
            service = ref.service;
            run(calls);
        }
    }

    private void run(Calls calls) {
        calls.call("string", () -> same("hello, Ada", service.sayHello("Ada")));
        calls.call("string.unicode", () -> same("hello, \u00e9\u6f22\uD83D\uDE00\u0000~", service.sayHello("\u00e9\u6f22\uD83D\uDE00\u0000~")));
        calls.call("string.long", this::longString);
        calls.call("long", () -> same((1L << 40) - 3, service.addLong(1L << 40, -3))
            + " " + same(Long.MIN_VALUE, service.addLong(Long.MAX_VALUE, 1)));
        calls.call("double", this::doubles);
        calls.call("boolean", () -> same(false, service.not(true)) + " " + same(true, service.not(false)));
        calls.call("pojo", () -> same(Users.text(Users.ada()), Users.text(service.echoUser(Users.ada()))));
        calls.call("pojo.bare", () -> same(Users.text(Users.bare()), Users.text(service.echoUser(Users.bare()))));
        calls.call("pojo.null", () -> same(null, service.echoUser(null)));
        calls.call("pojo.found", () -> same(Users.text(Users.ada()), Users.text(service.find(Users.ADA))));
        calls.call("enum", () -> same(Level.MID, service.nextLevel(Level.LOW)) + " " + same(Level.LOW, service.nextLevel(Level.HIGH)));
        calls.call("enum.null", () -> same(null, service.nextLevel(null)));
        calls.call("null", () -> same(null, service.maybe(null)) + " " + same("", service.maybe("")));
        calls.call("list", this::list);
        calls.call("map", this::map);
        calls.call("exception.declared", this::declared);
        calls.call("exception.undeclared", this::undeclared);
        calls.call("oneway", () -> {
            String token = UUID.randomUUID().toString();
            service.notify(token);
            return token;
        });
        calls.call("attachments", this::attachments);
        calls.call("timeout", this::timeout);
        calls.call("after.timeout", () -> same("hello, again", service.sayHello("again")));
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
        Dubbo.attach("lab-key", "v \u00e9\u6f22");
        same("v \u00e9\u6f22", service.attach("lab-key"));
        return same("back v \u00e9\u6f22", Dubbo.replied("back-lab-key"));
    }

    private String timeout() {
        long start = System.nanoTime();
        try {
            service.slow(10 * SLOW_TIMEOUT_MS);
        } catch (RuntimeException e) {
            same(true, Dubbo.isTimeout(e));
            long ms = (System.nanoTime() - start) / 1_000_000;
            if (ms < SLOW_TIMEOUT_MS - 50 || ms >= 10 * SLOW_TIMEOUT_MS) {
                throw new AssertionError("timed out after " + ms + " ms");
            }
            return "timed out";
        }
        throw new AssertionError("it answered");
    }
}

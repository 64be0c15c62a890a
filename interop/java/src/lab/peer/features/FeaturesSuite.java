package lab.peer.features;

import static lab.peer.Calls.same;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

import lab.features.Features;
import lab.features.Later;
import lab.features.OddException;
import lab.features.Thing;
import lab.features.UnlistedException;
import lab.peer.Calls;
import lab.peer.Dubbo;
import lab.peer.Exports;
import lab.peer.Peer;
import lab.peer.Ref;
import lab.peer.Suite;
import lab.peer.Terms;

/** The suite of lab.features; names and meaning of the calls are those of Go's features_test.go. */
public final class FeaturesSuite implements Suite {
    private static final int MIB = 1 << 20;

    @Override
    public String name() {
        return "features";
    }

    @Override
    public void provide(Exports exports) {
        exports.export(Features.class, new FeaturesService("plain"), new Terms());
        exports.export(Features.class, new FeaturesService("other group"), new Terms().group("-other"));
        exports.export(Features.class, new FeaturesService("version 1"), new Terms().version("1.0.0"));
        exports.export(Features.class, new FeaturesService("version 2"), new Terms().version("2.0.0"));
        exports.export(Features.class, new FeaturesService("token"), new Terms().version("3.0.0").token("secret"));
        if (Dubbo.FUTURES) {
            exports.export(Later.class, this::later, new Terms());
        }
    }

    private CompletableFuture<String> later(String text, int millis) {
        return CompletableFuture.supplyAsync(() -> {
            Sleep.millis(millis);
            if (text.isEmpty()) {
                throw new IllegalArgumentException("no text");
            }
            return text;
        });
    }

    @Override
    public void consume(Calls calls) throws Throwable {
        exports(calls);
        try (Ref<Features> ref = calls.refer(Features.class, new Terms())) {
            Features service = ref.service;
            calls.call("echo", () -> same("echo \u6f22", Dubbo.echo(service, "echo \u6f22")) + same(7, Dubbo.echo(service, 7)));
            attachments(calls, service);
            calls.call("exception.odd", () -> {
                try {
                    service.odd("boom");
                } catch (OddException e) {
                    return same("boom", e.getMessage());
                }
                throw new AssertionError("nothing thrown");
            });
            calls.call("exception.stack", () -> {
                try {
                    service.odd("boom");
                } catch (OddException e) {
                    StringWriter text = new StringWriter();
                    e.printStackTrace(new PrintWriter(text));
                    return same(true, text.toString().startsWith("lab.features.OddException: boom")) + " of " + e.getStackTrace().length + " frames";
                }
                throw new AssertionError("nothing thrown");
            });
            calls.call("exception.unlisted", () -> {
                try {
                    service.unlisted("boom");
                } catch (UnlistedException e) {
                    return same("boom", e.getMessage());
                }
                throw new AssertionError("nothing thrown");
            });
            sizes(calls, service);
            calls.call("countdown", () -> {
                // It attaches what is left of the time, which is no String.
                try (Ref<Features> other = calls.refer(Features.class, new Terms().with("enable-timeout-countdown", "true"))) {
                    return same(4, other.service.twice(2, 1));
                }
            });
            calls.call("concurrent", () -> concurrent(service));
        }
        futures(calls);
        objects(calls);
    }

    /** Whether a connection survives that nobody calls for longer than three heartbeats. */
    public static void idle(String direct) {
        Calls calls = new Calls("idle", "features", "", direct, direct);
        try (Ref<Features> ref = calls.dial(Features.class, new Terms().with("heartbeat", "1000"))) {
            String before = ref.service.peer();
            Sleep.millis(4500);
            Peer.print("IDLE", before, ref.service.peer());
        }
    }

    /**
     * Calls several providers from a few threads, and tells when all have answered, and what
     * becomes of the calls; when our input ends, tells which of them answer now.
     */
    public static void follow(int providers, String address, List<String> parameters) throws Exception {
        Calls calls = new Calls("follow", "features", "", address, address);
        Terms terms = new Terms();
        for (String p : parameters) {
            terms.with(p.substring(0, p.indexOf('=')), p.substring(p.indexOf('=') + 1));
        }
        ExecutorService threads = Executors.newFixedThreadPool(4);
        AtomicBoolean done = new AtomicBoolean(), failed = new AtomicBoolean(), slow = new AtomicBoolean();
        Set<String> met = ConcurrentHashMap.newKeySet();
        try (Ref<Features> ref = calls.dial(Features.class, terms)) {
            for (int i = 0; i < 4; i++) {
                threads.submit(() -> {
                    while (!done.get()) {
                        long start = System.nanoTime();
                        try {
                            boolean last = met.add(ref.service.where()) && met.size() == providers;
                            long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
                            if (last) {
                                Peer.print("FOLLOWS");
                            }
                            if (millis >= 1000 && slow.compareAndSet(false, true)) {
                                Peer.print("SLOW", Long.toString(millis));
                            }
                            if (failed.compareAndSet(true, false)) {
                                Peer.print("AGAIN");
                            }
                        } catch (Throwable e) {
                            Peer.print("FAILED", Calls.chain(e));
                            failed.set(true);
                            Sleep.millis(100);
                        }
                    }
                });
            }
            awaitEnd();
            done.set(true);
            threads.shutdown();
            threads.awaitTermination(10, TimeUnit.SECONDS);
            Peer.print("LAST", String.join(",", names(ref.service)));
        }
    }

    /** Has more calls under way at a provider than it takes, and looks what becomes of one more. */
    public static void crowd(int n, String direct, String address) throws Exception {
        Calls one = new Calls("crowd", "features", "", direct, direct), any = new Calls("crowd", "features", "", address, direct);
        Terms slow = new Terms().with("twice.async", "true").with("twice.timeout", "60000");
        try (Ref<Features> full = one.refer(Features.class, slow); Ref<Features> both = any.refer(Features.class, new Terms().with("where.retries", "2"))) {
            String refusal = null;
            while (refusal == null) {
                for (int i = 0; i < n; i++) {
                    full.service.twice(i, 3000);
                }
                refusal = failure(full.service);
            }
            Peer.print("REFUSED", refusal);
            Peer.print("LAST", String.join(",", names(both.service)));
            awaitEnd();
            while (failure(full.service) != null) {
                Sleep.millis(100);
            }
            Peer.print("AGAIN");
        }
    }

    private static String failure(Features service) {
        try {
            service.where();
            return null;
        } catch (RuntimeException e) {
            return (Dubbo.isTimeout(e) ? "timeout: " : "") + Calls.chain(e);
        }
    }

    private static Set<String> names(Features service) {
        Set<String> names = new TreeSet<>();
        for (int i = 0; i < 50; i++) {
            names.add(service.where());
        }
        return names;
    }

    private static void awaitEnd() throws IOException {
        while (System.in.read() >= 0) {
            // The harness closes our input.
        }
    }

    private void exports(Calls calls) {
        where(calls, "plain", "plain", new Terms());
        where(calls, "group", "other group", new Terms().group("-other"));
        where(calls, "version.1", "version 1", new Terms().version("1.0.0"));
        where(calls, "version.2", "version 2", new Terms().version("2.0.0"));
        where(calls, "version.any", "other group", new Terms().group("-other").version("*"));
        where(calls, "group.list", "other group", new Terms().group("-nobody," + calls.group() + "-other"));
        where(calls, "token", "token", new Terms().version("3.0.0").token("secret"));
        calls.call("token.none", () -> {
            try (Ref<Features> ref = calls.dial(Features.class, new Terms().version("3.0.0"))) {
                ref.service.where();
            } catch (RuntimeException e) {
                String text = Calls.chain(e);
                return same(true, text.contains("oken")) + " " + text;
            }
            throw new AssertionError("it answered");
        });
        calls.call("service.unknown", () -> {
            try (Ref<Features> ref = calls.dial(Features.class, new Terms().version("9.9.9"))) {
                ref.service.where();
            } catch (RuntimeException e) {
                String text = Calls.chain(e);
                same(false, Dubbo.isTimeout(e)); // it is answered, or the reference refuses
                if (text.contains("9.9.9")) {
                    return text;
                }
                throw new AssertionError(text, e);
            }
            throw new AssertionError("it answered");
        });
    }

    private void where(Calls calls, String name, String want, Terms terms) {
        calls.call(name, () -> {
            try (Ref<Features> ref = calls.refer(Features.class, terms)) {
                return same(want, ref.service.where());
            }
        });
    }

    private void attachments(Calls calls, Features service) {
        if (Dubbo.NAMES_APPLICATION) {
            calls.call("attach.application", () -> same("java-consumer", service.attached("remote.application")));
        } else {
            calls.lacks("attach.application");
        }
        if (!Dubbo.ATTACHES_OBJECTS) {
            calls.lacks("attach.int");
            calls.lacks("attach.list");
            calls.lacks("attach.reply.int");
        } else {
            objectsAsText(calls, service);
        }
        calls.call("attach.beside", () -> {
            Dubbo.attach("lab-text", "beside");
            return same("beside", service.attached("lab-text")); // the answer has objects
        });
    }

    private void objectsAsText(Calls calls, Features service) {
        calls.call("attach.int", () -> {
            Dubbo.attach("lab-int", 5);
            return same("5", service.attached("lab-int"));
        });
        calls.call("attach.list", () -> {
            Dubbo.attach("lab-list", new ArrayList<>(Arrays.asList(1, 2)));
            Dubbo.attach("lab-text", "beside");
            return same("beside", service.attached("lab-text"));
        });
        calls.call("attach.reply.int", () -> {
            service.attached("none");
            return same("7", String.valueOf(Dubbo.replied("back-int")));
        });
    }

    private void objects(Calls calls) throws Throwable {
        if (!Dubbo.ATTACHES_OBJECTS) {
            for (String kind : Attached.KINDS) {
                calls.lacks("attach.object." + kind);
            }
            return;
        }
        try (Ref<Features> ref = calls.refer(Features.class, new Terms())) {
            for (String kind : Attached.KINDS) {
                calls.call("attach.object." + kind, () -> {
                    Thing thing = new Thing("argument");
                    Dubbo.attach("object", Attached.value(kind, thing));
                    Thing back = ref.service.object(kind, thing);
                    same(thing, back);
                    return same(Attached.value(kind, back), Dubbo.replied("back-object"));
                });
            }
        }
    }

    private void sizes(Calls calls, Features service) {
        calls.call("large.request", () -> same(7L * MIB, service.sum(bytes(MIB))));
        calls.call("large.reply", () -> same(true, Arrays.equals(bytes(MIB), service.grow(MIB))));
        calls.call("limit.request", () -> {
            try {
                service.sum(bytes(9 * MIB));
            } catch (RuntimeException e) {
                return same(true, Calls.chain(e).contains("Data length too large"));
            }
            throw new AssertionError("it was sent");
        });
        calls.call("limit.reply", () -> {
            try {
                service.grow(9 * MIB);
            } catch (RuntimeException e) {
                String text = Calls.chain(e);
                return same(false, Dubbo.isTimeout(e)) + same(true, text.contains("too large")) + " " + text;
            }
            throw new AssertionError("it came");
        });
        calls.call("limit.after", () -> same(4, service.twice(2, 0)));
    }

    private static byte[] bytes(int n) {
        byte[] data = new byte[n];
        Arrays.fill(data, (byte) 7);
        return data;
    }

    /** Calls that are under way at the same time, on one connection, and end out of order. */
    private static String concurrent(Features service) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(32);
        try {
            List<Future<?>> all = new ArrayList<>();
            for (int i = 0; i < 1000; i++) {
                int n = i;
                all.add(threads.submit(() -> same(2 * n, service.twice(n, n % 7))));
            }
            for (Future<?> f : all) {
                f.get(10, TimeUnit.SECONDS);
            }
            return all.size() + " calls";
        } finally {
            threads.shutdown();
        }
    }

    private void futures(Calls calls) throws Throwable {
        try (Ref<Features> ref = calls.refer(Features.class, new Terms().with("twice.async", "true").with("odd.async", "true"))) {
            calls.call("async", () -> {
                same(0, ref.service.twice(21, 50));
                Future<Object> future = Dubbo.future();
                return same(42, future.get(5, TimeUnit.SECONDS));
            });
            calls.call("async.exception", () -> {
                try {
                    ref.service.odd("boom"); // throws in 2.7 if the answer is there at once
                    Dubbo.future().get(5, TimeUnit.SECONDS);
                } catch (Exception e) {
                    // 2.6 has it two causes deep, in an RpcException
                    return same(true, Calls.chain(e).contains("lab.features.OddException: boom"));
                }
                throw new AssertionError("nothing thrown");
            });
        }
        if (!Dubbo.FUTURES) {
            calls.lacks("future");
            calls.lacks("future.both");
            calls.lacks("future.exception");
            return;
        }
        try (Ref<Later> ref = calls.refer(Later.class, new Terms())) {
            Later service = ref.service;
            calls.call("future", () -> same("late", service.later("late", 20).get(5, TimeUnit.SECONDS)));
            calls.call("future.both", () -> {
                CompletableFuture<String> slow = service.later("slow", 2000), fast = service.later("fast", 0);
                same("fast", fast.get(5, TimeUnit.SECONDS));
                same(false, slow.isDone());
                return same("slow", slow.get(5, TimeUnit.SECONDS));
            });
            calls.call("future.exception", () -> {
                try {
                    service.later("", 0).get(5, TimeUnit.SECONDS);
                } catch (ExecutionException e) {
                    return same("no text", ((IllegalArgumentException) e.getCause()).getMessage());
                }
                throw new AssertionError("nothing thrown");
            });
        }
    }
}

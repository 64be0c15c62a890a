package lab.peer.greet;

import static lab.peer.Calls.same;

import java.text.SimpleDateFormat;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Date;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

import lab.greet.GreetService;
import lab.greet.Level;
import lab.greet.User;
import lab.peer.Calls;
import lab.peer.Dubbo;
import lab.peer.Exports;
import lab.peer.Generic;
import lab.peer.Ref;
import lab.peer.Suite;
import lab.peer.Terms;

/** Calls of lab.greet by a caller that lacks its classes; their Go twins are in generic_test.go. */
public final class GenericCalls implements Suite {
    private static final String USER = "lab.greet.User", LEVEL = "lab.greet.Level", LONG = "long", STRING = "java.lang.String";

    private Generic service;

    @Override
    public String name() {
        return "generic";
    }

    @Override
    public void provide(Exports exports) {
        exports.export(GreetService.class, new Greeter(), new Terms().group("-generic"));
    }

    @Override
    public void consume(Calls calls) {
        try (Ref<Generic> ref = calls.generic("lab.greet.GreetService", new Terms().group("-generic"))) {
            service = ref.service;
            run(calls);
        }
        if (Dubbo.GENERIC_RAW) {
            try (Ref<Generic> ref = calls.generic("lab.greet.GreetService", new Terms().group("-generic").generic("raw.return"))) {
                calls.call("raw", () -> {
                    Object back = ref.service.invoke("echoUser", types(USER), map(Users.ada(), new IdentityHashMap<>()));
                    return same(Users.text(Users.ada()), Users.text((User) back)) + same(Level.MID, ref.service.invoke("nextLevel", types(LEVEL), "LOW"));
                });
            }
        } else {
            calls.lacks("raw");
        }
        try (Ref<Generic> ref = calls.generic("lab.greet.GreetService", new Terms().group("-generic").generic("bean"))) {
            describe(calls, ref.service);
        }
        try (Ref<Generic> ref = calls.generic("lab.greet.GreetService", new Terms().group("-generic").generic("nativejava"))) {
            calls.call("nativejava", () -> refused(ref.service, new byte[] {1}, "Native Java Serializer is not allowed by default."));
        }
        if (Dubbo.GENERIC_PROTOBUF) {
            try (Ref<Generic> ref = calls.generic("lab.greet.GreetService", new Terms().group("-generic").generic("protobuf-json"))) {
                calls.call("protobuf-json", () -> refused(ref.service, "{}", ""));
            }
        } else {
            calls.lacks("protobuf-json");
        }
    }

    private static String echo(Generic described, User user) {
        Object back = described.invoke("echoUser", types(USER), Dubbo.describe(user));
        return same(Users.text(user), Users.text((User) Dubbo.described(back)));
    }

    /** A mode that the provider does not allow, or that its methods are not for. */
    private static String refused(Generic service, Object arg, String why) {
        Object back;
        try {
            back = service.invoke("echoUser", types(USER), arg);
        } catch (RuntimeException e) {
            return same(null, Dubbo.thrown(e)) + same(false, Dubbo.isTimeout(e)) + same(true, Calls.chain(e).contains(why)) + Calls.chain(e);
        }
        throw new AssertionError("it answered " + back);
    }

    /** The calls with descriptors in place of values. */
    private void describe(Calls calls, Generic described) {
        calls.call("descriptor.bean", () -> {
            User friend = Users.numbered(4);
            friend.setFriend(Users.bare());
            return echo(described, friend) + echo(described, Users.bare());
        });
        calls.call("descriptor.cycle", () -> echo(described, Users.ada()));
        calls.call("descriptor.enum", () -> same(Level.MID, Dubbo.described(described.invoke("nextLevel", types(LEVEL), Dubbo.describe(Level.LOW)))));
        calls.call("descriptor.scalar", () -> same(42L, Dubbo.described(described.invoke("addLong", types(LONG, LONG), Dubbo.describe(40L), Dubbo.describe(2L))))
            + same("hello, Ada", Dubbo.described(described.invoke("sayHello", types(STRING), Dubbo.describe("Ada"))))
            + same(0.25, Dubbo.described(described.invoke("half", types("double"), Dubbo.describe(0.5))))
            + same(false, Dubbo.described(described.invoke("not", types("boolean"), Dubbo.describe(true)))));
        calls.call("descriptor.list", () -> {
            StringBuilder want = new StringBuilder();
            for (int i = 0; i < 5; i++) {
                want.append(Users.text(Users.numbered(i)));
            }
            StringBuilder got = new StringBuilder();
            for (Object user : (List<?>) Dubbo.described(described.invoke("list", types("int"), Dubbo.describe(5)))) {
                got.append(Users.text((User) user));
            }
            return same(want.toString(), got.toString());
        });
        calls.call("descriptor.map", () -> {
            Map<String, Integer> want = new HashMap<>();
            want.put("a", 2);
            want.put("b", 1);
            Object words = Dubbo.describe(new ArrayList<>(Arrays.asList("a", "b", "a")));
            return same(want, Dubbo.described(described.invoke("count", types("java.util.List"), words)));
        });
        calls.call("descriptor.exception", () -> {
            try {
                return "it answered " + described.invoke("find", types(LONG), Dubbo.describe(Users.NOBODY));
            } catch (RuntimeException e) {
                return same("lab.greet.NotFoundException: no user " + Users.NOBODY, Dubbo.thrown(e));
            }
        });
    }

    private static String[] types(String... names) {
        return names;
    }

    private void run(Calls calls) {
        calls.call("bean", () -> {
            Object back = service.invoke("echoUser", types(USER), map(Users.ada(), new IdentityHashMap<>()));
            return same(Users.text(Users.ada()), Users.text(user(back, new IdentityHashMap<>())));
        });
        calls.call("bean.bare", () -> {
            Map<String, Object> bare = new HashMap<>();
            bare.put("id", -1);
            bare.put("name", "bob");
            bare.put("unknown", Collections.singletonList("x"));
            Object back = service.invoke("echoUser", types(USER), bare);
            return same(Users.text(Users.bare()), Users.text(user(back, new IdentityHashMap<>())));
        });
        calls.call("bean.date", () -> {
            Map<String, Object> user = new HashMap<>();
            user.put("born", "2024-02-29 01:02:03");
            Map<?, ?> back = (Map<?, ?>) service.invoke("echoUser", types(USER), user);
            return same(new SimpleDateFormat("yyyy-MM-dd HH:mm:ss").parse("2024-02-29 01:02:03"), back.get("born"));
        });
        calls.call("enum", () -> same("MID", service.invoke("nextLevel", types(LEVEL), "LOW")));
        calls.call("null", () -> same(null, service.invoke("maybe", types(STRING), new Object[] {null}))
            + same(null, service.invoke("echoUser", types(USER), new Object[] {null})));
        calls.call("list", () -> {
            StringBuilder want = new StringBuilder(), got = new StringBuilder();
            List<?> back = (List<?>) service.invoke("list", types("int"), 5);
            for (int i = 0; i < 5; i++) {
                want.append(Users.text(Users.numbered(i)));
                got.append(Users.text(user(back.get(i), new IdentityHashMap<>())));
            }
            return same(want.toString(), got.toString());
        });
        calls.call("array", () -> {
            Object words = new String[] {"a", "b", "a"};
            Map<String, Integer> want = new HashMap<>();
            want.put("a", 2);
            want.put("b", 1);
            return same(want, service.invoke("count", types("java.util.List"), words));
        });
        calls.call("convert", () -> same(42L, service.invoke("addLong", types(LONG, LONG), "40", 2)));
        calls.call("exception", () -> same("lab.greet.NotFoundException: no user " + Users.NOBODY,
            thrown("find", types(LONG), Users.NOBODY)));
        calls.call("exception.undeclared", () -> same("java.lang.IllegalStateException: boom", thrown("fail", types(STRING), "boom")));
        calls.call("null.primitive", () -> {
            try {
                service.invoke("addLong", types(LONG, LONG), null, 1L);
            } catch (RuntimeException e) {
                return same(false, Dubbo.isTimeout(e)) + " " + Calls.chain(e);
            }
            throw new AssertionError("it answered");
        });
        calls.call("types.none", () -> same("hello, Ada", service.invoke("sayHello", null, "Ada")));
        calls.call("method.unknown", () -> {
            try {
                service.invoke("nowhere", types("int"), 1);
            } catch (RuntimeException e) {
                return same(null, Dubbo.thrown(e)) + " " + same(true, Calls.chain(e).contains("nowhere"));
            }
            throw new AssertionError("it answered");
        });
        if (Dubbo.GENERIC_FUTURES) {
            calls.call("async", () -> same("hello, Ada", service.invokeAsync("sayHello", types(STRING), "Ada").get(5, TimeUnit.SECONDS)));
        } else {
            calls.lacks("async");
        }
    }

    private String thrown(String method, String[] types, Object arg) {
        try {
            service.invoke(method, types, arg);
        } catch (RuntimeException e) {
            String what = Dubbo.thrown(e);
            return what == null ? Calls.chain(e) : what;
        }
        throw new AssertionError("nothing thrown");
    }

    /** The user as a caller without its class has it. */
    private static Map<String, Object> map(User u, Map<User, Map<String, Object>> seen) {
        if (u == null || seen.containsKey(u)) {
            return seen.get(u);
        }
        Map<String, Object> m = new HashMap<>();
        seen.put(u, m);
        m.put("class", USER);
        m.put("id", u.getId());
        m.put("name", u.getName());
        m.put("age", u.getAge());
        m.put("score", u.getScore());
        m.put("active", u.isActive());
        m.put("level", u.getLevel() == null ? null : u.getLevel().name());
        m.put("tags", u.getTags());
        m.put("counts", u.getCounts());
        m.put("born", u.getBorn());
        m.put("friend", map(u.getFriend(), seen));
        return m;
    }

    @SuppressWarnings("unchecked")
    private static User user(Object of, Map<Object, User> seen) {
        if (of == null || seen.containsKey(of)) {
            return seen.get(of);
        }
        Map<?, ?> m = (Map<?, ?>) of;
        User u = new User();
        seen.put(m, u);
        same(USER, m.get("class"));
        u.setId((Long) m.get("id"));
        u.setName((String) m.get("name"));
        u.setAge((Integer) m.get("age"));
        u.setScore((Double) m.get("score"));
        u.setActive((Boolean) m.get("active"));
        u.setLevel(m.get("level") == null ? null : Level.valueOf((String) m.get("level")));
        u.setTags((List<String>) m.get("tags"));
        u.setCounts((Map<String, Integer>) m.get("counts"));
        u.setBorn((Date) m.get("born"));
        u.setFriend(user(m.get("friend"), seen));
        same(11, m.size());
        return u;
    }
}

package lab.peer.greet;

import static lab.peer.Calls.same;

import lab.greet.GreetService;
import lab.peer.Calls;
import lab.peer.Dubbo;
import lab.peer.Exports;
import lab.peer.Ref;
import lab.peer.Suite;
import lab.peer.Terms;

/** Who may call, and by which path; the Go twins are in access_test.go. */
public final class AccessCalls implements Suite {
    @Override
    public String name() {
        return "access";
    }

    @Override
    public void provide(Exports exports) {
        exports.export(GreetService.class, new Greeter(), atPath());
        if (Dubbo.ACCESS_KEYS) {
            exports.export(GreetService.class, new Greeter(), signed("hush"));
        }
        if (Dubbo.BASIC_AUTH) {
            exports.export(GreetService.class, new Greeter(), named("p:w"));
        }
    }

    private static Terms atPath() {
        return new Terms().group("-path").version("1.0.0").path("lab/greeter");
    }

    private static Terms signed(String secret) {
        return new Terms().group("-accesskey").version("1.0.0").with("auth", "true").with("authenticator", "accesskey")
            .with(".accessKeyId", "ak").with(".secretAccessKey", secret);
    }

    private static Terms named(String password) {
        return new Terms().group("-basic").with("auth", "true").with("authenticator", "basic")
            .with("username", "ada").with("password", password);
    }

    @Override
    public void consume(Calls calls) {
        calls.call("path", () -> hello(calls, atPath()));
        authenticated(calls, "accesskey", Dubbo.ACCESS_KEYS, signed("hush"), signed("shh"),
            new Terms().group("-accesskey").version("1.0.0").with("auth", "false"));
        authenticated(calls, "basic", Dubbo.BASIC_AUTH, named("p:w"), named("pw"), new Terms().group("-basic").with("auth", "false"));
    }

    private static String hello(Calls calls, Terms terms) {
        try (Ref<GreetService> ref = calls.refer(GreetService.class, terms)) {
            return same("hello, Ada", ref.service.sayHello("Ada"));
        }
    }

    private static void authenticated(Calls calls, String how, boolean has, Terms right, Terms wrong, Terms none) {
        if (!has) {
            calls.lacks(how + ".right");
            calls.lacks(how + ".wrong");
            calls.lacks(how + ".none");
            return;
        }
        calls.call(how + ".right", () -> hello(calls, right));
        calls.call(how + ".wrong", () -> refused(calls, wrong));
        calls.call(how + ".none", () -> refused(calls, none));
    }

    private static String refused(Calls calls, Terms terms) {
        try {
            hello(calls, terms);
        } catch (Throwable e) {
            String text = Calls.chain(e);
            if (text.contains("RpcAuthenticationException")) {
                return text;
            }
            throw new AssertionError("not for want of credentials: " + text, e);
        }
        throw new AssertionError("it answered");
    }
}

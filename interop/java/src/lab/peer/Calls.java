package lab.peer;

import java.util.Objects;

/** The consumer's calls of one suite at one provider, each printed as a row. */
public final class Calls {
    /** Returns what came back in short; throws when it is not what was due. */
    public interface Call {
        String run() throws Throwable;
    }

    private final String label, suite, group, address, direct;

    public Calls(String label, String suite, String group, String address, String direct) {
        this.label = label;
        this.suite = suite;
        this.group = group;
        this.address = address;
        this.direct = direct;
    }

    /** How the names of the target's groups begin. */
    public String group() {
        return group;
    }

    public <T> Ref<T> refer(Class<T> type, Terms terms) {
        terms.group = group + terms.group;
        return Dubbo.refer(type, terms, address.startsWith("dubbo:") ? address + terms.tail() : address);
    }

    /** The same to the interface of that name, for callers that lack it. */
    public Ref<Generic> generic(String type, Terms terms) {
        terms.group = group + terms.group;
        return Dubbo.generic(type, terms, address);
    }

    /** A reference to the provider's own address, on a connection of its own. */
    public <T> Ref<T> dial(Class<T> type, Terms terms) {
        terms.group = group + terms.group;
        return Dubbo.refer(type, terms.with("connections", "1"), direct);
    }

    /** A cell of a feature that this Dubbo does not have. */
    public void lacks(String name) {
        Peer.print("CALL", label, suite + "/" + name, "lacks", "");
    }

    public void call(String name, Call call) {
        String result = "ok", detail;
        try {
            detail = call.run();
        } catch (Throwable e) {
            result = "FAIL";
            detail = chain(e);
        }
        Peer.print("CALL", label, suite + "/" + name, result, detail);
    }

    public static String same(Object want, Object got) {
        if (!Objects.equals(want, got)) {
            throw new AssertionError("got " + got + ", want " + want);
        }
        return String.valueOf(got);
    }

    public static String chain(Throwable e) {
        StringBuilder b = new StringBuilder(e.toString());
        for (Throwable c = e.getCause(); c != null; c = c.getCause()) {
            b.append(" <- ").append(c);
        }
        return b.toString();
    }
}

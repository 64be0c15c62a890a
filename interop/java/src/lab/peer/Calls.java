package lab.peer;

import java.util.Objects;

/** The consumer's calls of one suite at one provider, each printed as a row. */
public final class Calls {
    /** Returns what came back in short; throws when it is not what was due. */
    public interface Call {
        String run() throws Throwable;
    }

    private final String label, suite, group, address;

    Calls(String label, String suite, String group, String address) {
        this.label = label;
        this.suite = suite;
        this.group = group;
        this.address = address;
    }

    public <T> Ref<T> refer(Class<T> type, Terms terms) {
        terms.group = group + terms.group;
        return Dubbo.refer(type, terms, address);
    }

    /** Whether the provider is called by its address, so that no registry tells its parameters. */
    public boolean direct() {
        return address.startsWith("dubbo:");
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

    static String chain(Throwable e) {
        StringBuilder b = new StringBuilder(e.toString());
        for (Throwable c = e.getCause(); c != null; c = c.getCause()) {
            b.append(" <- ").append(c);
        }
        return b.toString();
    }
}

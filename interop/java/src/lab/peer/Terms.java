package lab.peer;

import java.util.HashMap;
import java.util.Map;
import java.util.StringJoiner;

/** How a service is exported or referred to; what is not set is Dubbo's default. */
public final class Terms {
    String group = "", version, path, token, generic = "true";
    final Map<String, String> parameters = new HashMap<>();
    private final StringJoiner published = new StringJoiner("&", "?", "").setEmptyValue("");

    /** Appended to the group of the provider, which sets the providers of one registry apart. */
    public Terms group(String suffix) {
        group = suffix;
        return this;
    }

    public Terms version(String v) {
        version = v;
        return this;
    }

    /** For exports, and for references that no registry tells it. */
    public Terms path(String p) {
        path = p;
        return this;
    }

    /** For exports, and for references that no registry tells it. */
    public Terms token(String t) {
        token = t;
        return this;
    }

    /** The mode of generic calls. */
    public Terms generic(String mode) {
        generic = mode;
        return this;
    }

    /** A parameter of the provider that its consumer must know, from a registry or, without one, from here. */
    public Terms published(String key, String value) {
        published.add(key + "=" + value);
        return this;
    }

    /** What follows the provider's address where no registry tells it. */
    String tail() {
        return (path == null ? "" : "/" + path) + published;
    }

    /** A parameter of the URL, such as "slow.timeout" or "notify.return". */
    public Terms with(String key, String value) {
        parameters.put(key, value);
        return this;
    }
}

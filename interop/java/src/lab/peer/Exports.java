package lab.peer;

import java.util.List;

/** Where a suite exports its services: the group and the registries of this provider. */
public final class Exports {
    private final String group;
    private final List<String> registries;

    Exports(String group, List<String> registries) {
        this.group = group;
        this.registries = registries;
    }

    public <T> void export(Class<T> type, T ref, Terms terms) {
        terms.group = group + terms.group;
        Dubbo.export(type, ref, terms, registries);
    }
}

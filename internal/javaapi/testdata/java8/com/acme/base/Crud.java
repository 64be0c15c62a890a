package com.acme.base;

import java.io.Serializable;
import java.util.List;
import java.util.Map;

/** A generic interface; on the wire its methods have erased parameters. */
public interface Crud<T extends Entity<K>, K extends Serializable> {
    T save(T entity);

    T get(K id);

    List<T> all();

    void each(Map<? extends K, ? super T> visitors);

    default int size(K from) {
        return all().size();
    }

    static String kind() {
        return "crud";
    }

    boolean equals(Object other);
}

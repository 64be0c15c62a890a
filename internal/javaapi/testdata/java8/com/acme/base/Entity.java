package com.acme.base;

import java.io.Serializable;
import java.util.Date;

/** A generic superclass: what K stands for decides the type of id. */
public abstract class Entity<K extends Serializable> implements Serializable {
    private static final long serialVersionUID = 1;

    protected K id;
    private Date created;
    private transient int cached;
}

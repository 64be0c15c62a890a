package com.acme.user;

import com.acme.base.AcmeException;

public class NotFoundException extends AcmeException {
    private long id;
    private String message;

    public NotFoundException(long id) {
        super("no user " + id, 404);
        this.id = id;
    }
}

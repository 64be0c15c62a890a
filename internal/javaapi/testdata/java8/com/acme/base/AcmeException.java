package com.acme.base;

public class AcmeException extends Exception {
    private int code;

    public AcmeException(String message, int code) {
        super(message);
        this.code = code;
    }
}

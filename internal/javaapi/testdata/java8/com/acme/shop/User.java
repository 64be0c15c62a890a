package com.acme.shop;

import java.io.Serializable;

/** Of the same simple name as com.acme.user.User. */
public class User implements Serializable {
    public String card;
}

package com.acme.user;

public final class Admin extends User {
    /** hides User.userName */
    private String userName;
    private long grantedBy;
}

package com.acme.user;

import com.acme.base.Entity;
import java.util.List;
import java.util.Map;

public class User extends Entity<Long> {
    public enum Kind { PLAIN, VERY_SPECIAL }

    protected String userName;
    private Integer age;
    private boolean active;
    private char initial;
    private Kind kind;
    private Level level;
    private List<User> friends;
    private Map<String, long[]> scores;
    private String[] tags;
    private String URLPath;
    private Object extra;
}

package com.acme.user;

public enum Level {
    LOW {
        @Override
        public int weight() {
            return 1;
        }
    },
    HIGH {
        @Override
        public int weight() {
            return 9;
        }
    };

    private final int spare = 0;

    public abstract int weight();
}

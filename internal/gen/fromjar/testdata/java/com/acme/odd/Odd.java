package com.acme.odd;

import java.io.Serializable;

public class Odd implements Serializable {
    private int[][][] cube;
    private StreamObserver<Odd> follower;
}

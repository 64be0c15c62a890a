package com.acme.modern;

import java.util.List;

public final class Line implements Figure, java.io.Serializable {
    private List<Point> points;
}

package lab.types;

import java.io.Serializable;

public class Point implements Serializable {
    public double x, y;

    public Point() {
    }

    public Point(double x, double y) {
        this.x = x;
        this.y = y;
    }
}

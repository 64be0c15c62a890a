package com.acme.shop;

import java.io.Serializable;

public class Circle implements Shape, Serializable {
    private double radius;

    @Override
    public double area() {
        return Math.PI * radius * radius;
    }
}

package com.acme.shop;

public interface Shape {
    double area();
}

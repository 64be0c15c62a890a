package com.acme.shop;

import java.io.Serializable;
import java.util.List;

public class Page<T> implements Serializable {
    private int number;
    private List<T> items;
    private T first;
}

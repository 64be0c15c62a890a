package com.acme.shop;

import java.util.ArrayList;

/** No object with fields on the wire, but a list. */
public class Bag extends ArrayList<String> {
    private int weight;
}

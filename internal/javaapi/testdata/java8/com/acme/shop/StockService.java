package com.acme.shop;

/** A second service, which is small. */
public interface StockService {
    int stock(String article);

    Bag pack(Bag bag);
}

package com.acme.odd;

import java.util.List;

public interface OddService {
    void watch(StreamObserver<String> out);

    char[] letters();

    List<Odd> odds();
}

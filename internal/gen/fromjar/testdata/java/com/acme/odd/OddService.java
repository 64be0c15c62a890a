package com.acme.odd;

import java.util.List;

public interface OddService {
    void watch(StreamObserver<String> out);

    List<Odd> odds();
}

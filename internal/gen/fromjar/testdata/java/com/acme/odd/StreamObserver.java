package com.acme.odd;

public interface StreamObserver<T> {
    void onNext(T value);
}

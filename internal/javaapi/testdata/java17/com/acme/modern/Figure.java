package com.acme.modern;

public sealed interface Figure permits Dot, Line {
}

package com.acme.modern;

public record Dot(Point at) implements Figure, java.io.Serializable {
}

package com.acme.odd;

import java.io.Serializable;

/** Nobody implements it, and it has no methods. */
public interface Marker extends Serializable {
    int NUMBER = 1;
}

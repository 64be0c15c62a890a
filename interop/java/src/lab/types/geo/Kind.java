package lab.types.geo;

public enum Kind {
    CITY, RIVER
}

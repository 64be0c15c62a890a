package lab.features;

/** The contract; its Go twin is Features in interop/features. */
public interface Features {
    String where();

    String attached(String key);

    Thing object(String kind, Thing thing);

    long sum(byte[] data);

    byte[] grow(int n);

    int twice(int n, int millis);

    void odd(String message);

    void unlisted(String message);

    String peer();
}

package lab.peer;

/** Services that the provider exports, and the calls that the consumer makes of them. */
public interface Suite {
    /** Begins the name of each of its calls; the suite has the same name in Go. */
    String name();

    void provide(Exports exports);

    /** Makes the calls, in the order in which Go lists them. */
    void consume(Calls calls) throws Throwable;
}

package lab.peer;

/** A reference to a service that can be closed. */
public final class Ref<T> implements AutoCloseable {
    public final T service;
    private final Runnable destroy;

    Ref(T service, Runnable destroy) {
        this.service = service;
        this.destroy = destroy;
    }

    @Override
    public void close() {
        destroy.run();
    }
}

package lab.peer;

import java.util.concurrent.Future;

/** Calls of a service without its interface, as Dubbo's GenericService makes them. */
public interface Generic {
    Object invoke(String method, String[] types, Object... args);

    /** Takes Dubbo 2.7. */
    Future<Object> invokeAsync(String method, String[] types, Object... args);
}

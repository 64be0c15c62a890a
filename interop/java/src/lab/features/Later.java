package lab.features;

import java.util.concurrent.CompletableFuture;

/** What an interface of Dubbo 2.6 cannot have. */
public interface Later {
    CompletableFuture<String> later(String text, int millis);
}

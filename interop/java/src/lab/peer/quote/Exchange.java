package lab.peer.quote;

import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import lab.quote.Quote;
import lab.quote.QuoteListener;
import lab.quote.QuoteService;

/** The service that calls its listeners; exchange in Go's callback_test.go is its twin. */
final class Exchange implements QuoteService {
    /** What publish returns for a listener that threw. */
    static final long THREW = -1000;

    private final Map<String, Set<QuoteListener>> listeners = new ConcurrentHashMap<>();

    @Override
    public Quote addListener(String symbol, QuoteListener listener) {
        listeners.computeIfAbsent(symbol, s -> ConcurrentHashMap.newKeySet()).add(listener);
        return new Quote(symbol, 0.5);
    }

    @Override
    public void removeListener(String symbol, QuoteListener listener) {
        if (!listeners.get(symbol).remove(listener)) {
            throw new IllegalArgumentException("not the listener that was added");
        }
    }

    @Override
    public long publish(Quote quote) {
        long sum = 0;
        for (QuoteListener l : listeners.get(quote.getSymbol())) {
            try {
                sum += l.changed(quote);
            } catch (IllegalStateException e) {
                sum += e.getMessage().contains("too cheap") ? THREW : 0;
            }
        }
        return sum;
    }

    @Override
    public void publishLater(Quote quote) {
        new Thread(() -> {
            for (QuoteListener l : listeners.get(quote.getSymbol())) {
                l.changed(quote);
                l.closing("for today");
            }
        }).start();
    }
}

package lab.peer.quote;

import static lab.peer.Calls.same;

import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import lab.peer.Calls;
import lab.peer.Exports;
import lab.peer.Ref;
import lab.peer.Suite;
import lab.peer.Terms;
import lab.quote.Quote;
import lab.quote.QuoteListener;
import lab.quote.QuoteService;

/** The suite of callback arguments; names and meaning of the calls are those of Go's callback_test.go. */
public final class QuoteCalls implements Suite {
    /** A listener that keeps what it hears. */
    public static final class Heard implements QuoteListener {
        private final List<Double> prices = new ArrayList<>();
        private final CountDownLatch closed = new CountDownLatch(1);
        private String reason;

        @Override
        public synchronized long changed(Quote quote) {
            if (quote.getPrice() < 0) {
                throw new IllegalStateException("too cheap");
            }
            prices.add(quote.getPrice());
            return prices.size();
        }

        @Override
        public synchronized void closing(String why) {
            reason = why;
            closed.countDown();
        }

        synchronized String text() {
            return prices.toString();
        }
    }

    @Override
    public String name() {
        return "callback";
    }

    @Override
    public void provide(Exports exports) {
        exports.export(QuoteService.class, new Exchange(),
            new Terms().with("addListener.1.callback", "true").with("removeListener.1.callback", "false").with("callbacks", "2"));
    }

    @Override
    public void consume(Calls calls) {
        Terms terms = new Terms()
            .published("addListener.1.callback", "true").published("removeListener.1.callback", "false").published("callbacks", "2");
        try (Ref<QuoteService> ref = calls.refer(QuoteService.class, terms)) {
            run(calls, ref.service);
        }
    }

    private void run(Calls calls, QuoteService service) {
        String symbol = UUID.randomUUID().toString();
        Heard first = new Heard(), second = new Heard();
        calls.call("register", () -> same(0.5, service.addListener(symbol, first).getPrice()));
        calls.call("called", () -> {
            for (long i = 1; i <= 3; i++) {
                same(i, service.publish(new Quote(symbol, i + 0.25)));
            }
            return same("[1.25, 2.25, 3.25]", first.text());
        });
        calls.call("again", () -> {
            service.addListener(symbol, first);
            return same(4L, service.publish(new Quote(symbol, 4)));
        });
        calls.call("second", () -> {
            service.addListener(symbol, second);
            return same(5L + 1, service.publish(new Quote(symbol, 5))) + same("[5.0]", second.text());
        });
        calls.call("limit", () -> {
            try {
                service.addListener(symbol, new Heard());
            } catch (RuntimeException e) {
                return String.valueOf(e.getMessage());
            }
            throw new AssertionError("a third listener was taken");
        });
        calls.call("exception", () -> same(2 * Exchange.THREW, service.publish(new Quote(symbol, -1))));
        calls.call("remove", () -> {
            service.removeListener(symbol, first);
            return same(2L, service.publish(new Quote(symbol, 6))) + same("[5.0, 6.0]", second.text());
        });
        calls.call("later", () -> {
            service.publishLater(new Quote(symbol, 7));
            same(true, second.closed.await(5, TimeUnit.SECONDS));
            same("for today", second.reason);
            return same("[5.0, 6.0, 7.0]", second.text());
        });
    }
}

package lab.quote;

public interface QuoteService {
    Quote addListener(String symbol, QuoteListener listener);

    void removeListener(String symbol, QuoteListener listener);

    long publish(Quote quote);

    void publishLater(Quote quote);
}

package lab.quote;

/** A callback argument of QuoteService. */
public interface QuoteListener {
    /** Returns how many prices the listener has heard. */
    long changed(Quote quote);

    void closing(String reason);
}

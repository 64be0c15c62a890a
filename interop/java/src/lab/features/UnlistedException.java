package lab.features;

/** Unchecked, in no signature and on no list: Dubbo 3.2 and later refuse it. */
public class UnlistedException extends RuntimeException {
    public UnlistedException() {
    }

    public UnlistedException(String message) {
        super(message);
    }
}

package lab.features;

/** Unchecked, and in no signature, but in security/serialize.allowlist. */
public class OddException extends RuntimeException {
    public OddException() {
    }

    public OddException(String message) {
        super(message);
    }
}

package lab.types.geo;

public class LostException extends Exception {
    public Place last;

    public LostException() {
    }

    public LostException(String message, Place last) {
        super(message);
        this.last = last;
    }
}

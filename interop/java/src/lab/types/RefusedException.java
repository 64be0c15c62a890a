package lab.types;

public class RefusedException extends Exception {
    public Level level;

    public RefusedException() {
    }

    public RefusedException(String message, Throwable cause, Level level) {
        super(message, cause);
        this.level = level;
    }
}

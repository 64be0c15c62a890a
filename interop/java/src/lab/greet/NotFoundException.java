package lab.greet;

/** The declared exception: it has a field of its own. */
public class NotFoundException extends Exception {
    private long id;

    public NotFoundException() {
    }

    public NotFoundException(long id) {
        super("no user " + id);
        this.id = id;
    }

    public long getId() {
        return id;
    }

    public void setId(long id) {
        this.id = id;
    }
}

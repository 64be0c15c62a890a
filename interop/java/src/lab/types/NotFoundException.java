package lab.types;

public class NotFoundException extends Exception {
    public long id;

    public NotFoundException() {
    }

    public NotFoundException(long id) {
        super("no node " + id);
        this.id = id;
    }
}

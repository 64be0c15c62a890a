package lab.types;

import java.util.Date;

public class GoneException extends NotFoundException {
    public Date since;

    public GoneException() {
    }

    public GoneException(long id, Date since) {
        super(id);
        this.since = since;
    }
}

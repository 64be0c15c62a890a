package lab.types;

import java.io.Serializable;

public interface Animal extends Serializable {
    String sound();
}

package lab.types;

import java.io.Serializable;
import java.util.Date;

public class Person implements Serializable {
    public String name;
    public Date born;
}

package lab.types;

import java.util.List;

public class Manager extends Person {
    public List<Person> reports;
}

package lab.types;

import java.io.Serializable;
import java.util.List;
import java.util.Map;

public class Kennel implements Serializable {
    public Animal guard;
    public List<Animal> others;
    public Map<String, Animal> named;
}

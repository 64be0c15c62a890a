package lab.types.geo;

import java.io.Serializable;
import java.util.List;

public class Place implements Serializable {
    public String name;
    public Kind kind;
    public List<String> other;
    public List<Place> near;
}

package lab.types;

import java.io.Serializable;
import java.util.List;

public class Page<T> implements Serializable {
    public List<T> items;
    public long total;
}

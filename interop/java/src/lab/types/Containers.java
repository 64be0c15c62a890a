package lab.types;

import java.io.Serializable;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

public class Containers implements Serializable {
    public Point point;
    public List<String> strings;
    public long[] array;
    public double[][] matrix;
    public Set<String> set;
    public TreeMap<String, Integer> tree;
    public Map<Short, List<Date>> times;
    public List<Map<Level, Integer>> boxes;
    public Map<String, List<Point>> points;
    public List<Object> any;
}

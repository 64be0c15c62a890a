package lab.types;

import java.io.Serializable;
import java.util.LinkedList;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;

public class Nest implements Serializable {
    public byte[][] blobs;
    public Level[] levels;
    public String[] names;
    public Object[] objects;
    public Map<String, int[]> rows;
    public LinkedList<String> linked;
    public Set<String> unique;
    public SortedSet<Long> sorted;
    public Map<String, Long> ordered;
}

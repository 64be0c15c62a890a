package lab.types;

import java.io.Serializable;
import java.util.List;

public class Node implements Serializable {
    public String name;
    public Node parent;
    public List<Node> children;
}

package lab.types;

import java.io.Serializable;
import java.util.List;
import java.util.Map;

public class Folder implements Serializable {
    public List<Folder> folders;
    public Map<String, Folder> byName;
}

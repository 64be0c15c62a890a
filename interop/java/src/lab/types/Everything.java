package lab.types;

import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;

/** The contract; its Go twin is Everything in examples/types. */
public interface Everything {
    boolean bool(boolean v);

    byte int8(byte v);

    short int16(short v);

    int int32(int v);

    long int64(long v);

    long longInt(long v);

    float float32(float v);

    double float64(double v);

    String string(String v);

    byte[] bytes(byte[] v);

    Date time(Date v);

    Level level(Level v);

    Object any(Object v);

    Boolean boxedBool(Boolean v);

    Byte boxedInt8(Byte v);

    Short boxedInt16(Short v);

    Integer boxedInt32(Integer v);

    Long boxedInt64(Long v);

    Long boxedInt(Long v);

    Float boxedFloat32(Float v);

    Double boxedFloat64(Double v);

    String boxedString(String v);

    Date boxedTime(Date v);

    Long boxedID(Long v);

    long id(long v);

    List<String> tags(List<String> v);

    byte[] blob(byte[] v);

    List<List<Date>> dates(List<List<Date>> v);

    List<Integer> list(List<Integer> v);

    List<String> strings(List<String> v);

    List<List<List<Long>>> nested(List<List<List<Long>>> v);

    List<Short> boxes(List<Short> v);

    List<byte[]> blobs(List<byte[]> v);

    List<Object> objects(List<Object> v);

    List<Level> levels(List<Level> v);

    List<Point> points(List<Point> v);

    List<Node> nodes(List<Node> v);

    List<Map<String, List<Byte>>> rows(List<Map<String, List<Byte>>> v);

    long[] longs(long[] v);

    short[] shorts(short[] v);

    boolean[] booleans(boolean[] v);

    float[] floats(float[] v);

    String[] names(String[] v);

    Date[] instants(Date[] v);

    int[][] matrix(int[][] v);

    Point[] polygon(Point[] v);

    Set<String> set(Set<String> v);

    SortedMap<String, Long> sorted(SortedMap<String, Long> v);

    Integer small(Short n, char letter);

    Map<String, Integer> counts(Map<String, Integer> v);

    Map<Long, String> byNumber(Map<Long, String> v);

    Map<Byte, Boolean> byByte(Map<Byte, Boolean> v);

    Map<Boolean, Double> byBool(Map<Boolean, Double> v);

    Map<Level, Point> byLevel(Map<Level, Point> v);

    Map<Long, Node> byID(Map<Long, Node> v);

    Map<String, Map<Integer, List<Date>>> calendar(Map<String, Map<Integer, List<Date>>> v);

    Map<String, Object> properties(Map<String, Object> v);

    Point point(Point v);

    Node node(Node v);

    Scalars scalars(Scalars v);

    Pointers pointers(Pointers v);

    Containers containers(Containers v);

    Manager manager(Manager v);

    Folder folder(Folder v);

    boolean same(Node a, Node b);

    Node find(long id) throws NotFoundException, RefusedException;

    Node find(String name) throws NotFoundException;

    void tell(String what);

    String told();

    void nothing();

    void unnamed(String text, int number);
}

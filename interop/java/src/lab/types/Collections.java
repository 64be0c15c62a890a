package lab.types;

import java.math.BigDecimal;
import java.time.LocalDate;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.UUID;
import java.util.concurrent.ConcurrentMap;

/** The contract for arrays, sets and maps; its Go twin is Collections in examples/types. */
public interface Collections {
    Integer[] integers(Integer[] v);

    Character[] characters(Character[] v);

    int[] ints(int[] v);

    double[] doubles(double[] v);

    byte[][] blobArray(byte[][] v);

    String[][] table(String[][] v);

    long[][][] cube(long[][][] v);

    Object[] array(Object[] v);

    Level[] levelArray(Level[] v);

    BigDecimal[] decimals(BigDecimal[] v);

    List<String>[] listArray(List<String>[] v);

    Collection<String> collection(Collection<String> v);

    LinkedList<Integer> linkedList(LinkedList<Integer> v);

    Set<String> unique(Set<String> v);

    SortedSet<Long> sortedSet(SortedSet<Long> v);

    Set<Level> levelSet(Set<Level> v);

    Map<String, Integer> ordered(Map<String, Integer> v);

    LinkedHashMap<Object, Object> linked(LinkedHashMap<Object, Object> v);

    Map<UUID, String> byUUID(Map<UUID, String> v);

    Map<LocalDate, Integer> byDay(Map<LocalDate, Integer> v);

    Map<Point, String> byPoint(Map<Point, String> v);

    ConcurrentMap<String, Integer> concurrent(ConcurrentMap<String, Integer> v);

    Map<String, long[]> longRows(Map<String, long[]> v);

    List<Set<String>> groups(List<Set<String>> v);

    Nest nest(Nest v);
}

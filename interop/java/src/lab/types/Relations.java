package lab.types;

import java.util.List;
import java.util.Map;

import lab.types.geo.Kind;
import lab.types.geo.LostException;
import lab.types.geo.Place;

/** The contract for what classes and methods are to each other; its Go twin is Relations in examples/types. */
public interface Relations {
    Director director(Director v);

    Animal animal(Animal v);

    List<Animal> animals(List<Animal> v);

    Kennel kennel(Kennel v);

    Page<Point> pointPage(Page<Point> v);

    Page<String> wordPage(Page<String> v);

    Throwable problem(Throwable v);

    Place place(Place v);

    Map<Kind, List<Place>> kinds(Map<Kind, List<Place>> v);

    Shop shop(Shop v);

    Place find(String name, Kind kind) throws LostException;

    void remove(long id) throws GoneException, NotFoundException;

    String rename(long id, String name);

    String rename(long id, String name, boolean check);

    String rename(Long id, Object name);
}

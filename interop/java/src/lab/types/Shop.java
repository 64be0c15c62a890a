package lab.types;

import lab.types.geo.Place;

public class Shop extends Place {
    public boolean open;
    public Place next;
}

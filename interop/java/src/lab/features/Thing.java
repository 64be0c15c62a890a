package lab.features;

import java.io.Serializable;

/** A class of which there are attachments. */
public class Thing implements Serializable {
    private String name;

    public Thing() {
    }

    public Thing(String name) {
        this.name = name;
    }

    public String getName() {
        return name;
    }

    public void setName(String name) {
        this.name = name;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Thing && ((Thing) other).name.equals(name);
    }

    @Override
    public int hashCode() {
        return name.hashCode();
    }

    @Override
    public String toString() {
        return "Thing " + name;
    }
}

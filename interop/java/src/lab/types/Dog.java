package lab.types;

public class Dog implements Animal {
    public String name;
    public Animal chase;

    @Override
    public String sound() {
        return "woof";
    }
}

package lab.types;

public class Cat implements Animal {
    public String name;
    public int lives;

    @Override
    public String sound() {
        return "meow";
    }
}

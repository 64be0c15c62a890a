package lab.types;

public enum Level {
    LOW, HIGH
}

package lab.greet;

public enum Level {
    LOW, MID, HIGH
}

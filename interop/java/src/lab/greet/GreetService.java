package lab.greet;

import java.util.List;
import java.util.Map;

/** The contract; its Go twin is GreetService in examples/greet/api. */
public interface GreetService {
    String sayHello(String name);

    long addLong(long a, long b);

    double half(double v);

    boolean not(boolean v);

    User echoUser(User user);

    /** The level after this one, LOW after HIGH, null for null. */
    Level nextLevel(Level level);

    /** The text itself, null for null. */
    String maybe(String text);

    /** Users 0 to n-1. */
    List<User> list(int n);

    /** How often each word occurs. */
    Map<String, Integer> count(List<String> words);

    User find(long id) throws NotFoundException;

    /** Throws an exception that the interface does not declare. */
    void fail(String message);

    /** One way: the consumer is configured not to wait for an answer. */
    void notify(String text);

    /** Returns the request's attachment key and sets the reply's attachment back-key. */
    String attach(String key);

    /** Answers after that many milliseconds. */
    String slow(int millis);
}

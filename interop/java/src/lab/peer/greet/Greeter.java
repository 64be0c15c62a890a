package lab.peer.greet;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import lab.greet.GreetService;
import lab.greet.Level;
import lab.greet.NotFoundException;
import lab.greet.User;
import lab.peer.Dubbo;
import lab.peer.Peer;

/** The service on the Java side. */
public class Greeter implements GreetService {
    @Override
    public String sayHello(String name) {
        return "hello, " + name;
    }

    @Override
    public long addLong(long a, long b) {
        return a + b;
    }

    @Override
    public double half(double v) {
        return v / 2;
    }

    @Override
    public boolean not(boolean v) {
        return !v;
    }

    @Override
    public User echoUser(User user) {
        if (user != null && user.getId() == Users.ADA && !Users.text(user).equals(Users.text(Users.ada()))) {
            throw new IllegalArgumentException("this is not ada: " + Users.text(user));
        }
        return user;
    }

    @Override
    public Level nextLevel(Level level) {
        return level == null ? null : Level.values()[(level.ordinal() + 1) % Level.values().length];
    }

    @Override
    public String maybe(String text) {
        return text;
    }

    @Override
    public List<User> list(int n) {
        List<User> users = new ArrayList<>();
        for (int i = 0; i < n; i++) {
            users.add(Users.numbered(i));
        }
        return users;
    }

    @Override
    public Map<String, Integer> count(List<String> words) {
        Map<String, Integer> counts = new HashMap<>();
        for (String word : words) {
            counts.merge(word, 1, Integer::sum);
        }
        return counts;
    }

    @Override
    public User find(long id) throws NotFoundException {
        if (id != Users.ADA) {
            throw new NotFoundException(id);
        }
        return Users.ada();
    }

    @Override
    public void fail(String message) {
        throw new IllegalStateException(message);
    }

    @Override
    public void notify(String text) {
        Peer.print("SEEN", "notify", text);
    }

    @Override
    public String attach(String key) {
        Object value = Dubbo.attachment(key);
        Dubbo.reply("back-" + key, "back " + value);
        return (String) value;
    }

    @Override
    public String slow(int millis) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return "slept " + millis;
    }
}

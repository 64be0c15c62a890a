package lab.peer.greet;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Date;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import lab.greet.Level;
import lab.greet.User;

/** The users that both sides know by heart, so that each can check what the other sent. */
final class Users {
    /** The id of ada; find knows it. */
    static final long ADA = 42;
    /** An id that find does not know. */
    static final long NOBODY = 1L << 40;

    private Users() {
    }

    /** A user with every field set; her friend bob has her as his friend. */
    static User ada() {
        User ada = new User();
        ada.setId(ADA);
        ada.setName("Ada \u00e9\u6f22\uD83D\uDE00");
        ada.setAge(36);
        ada.setScore(12.345);
        ada.setActive(true);
        ada.setLevel(Level.HIGH);
        ada.setTags(new ArrayList<>(Arrays.asList("math", "", "engine")));
        Map<String, Integer> counts = new LinkedHashMap<>();
        counts.put("notes", 7);
        counts.put("minus", -70000);
        ada.setCounts(counts);
        ada.setBorn(new Date(1730000000123L));
        User bob = bare();
        bob.setFriend(ada);
        ada.setFriend(bob);
        return ada;
    }

    /** A user with every field null or zero that may be so. */
    static User bare() {
        User bob = new User();
        bob.setId(-1);
        bob.setName("bob");
        return bob;
    }

    static User numbered(int i) {
        User user = new User();
        user.setId(i);
        user.setName("user " + i);
        user.setAge(i);
        user.setScore(i / 2.0);
        user.setActive(i % 2 == 1);
        user.setLevel(Level.values()[i % 3]);
        user.setTags(new ArrayList<>());
        user.setCounts(new LinkedHashMap<>());
        user.setBorn(new Date(i * 60000L));
        return user;
    }

    /** Everything in user as text; two users are equal when their texts are. */
    static String text(User user) {
        StringBuilder b = new StringBuilder();
        append(b, user, new IdentityHashMap<>());
        return b.toString();
    }

    static String text(List<User> users) {
        StringBuilder b = new StringBuilder();
        for (User user : users) {
            append(b, user, new IdentityHashMap<>());
        }
        return b.toString();
    }

    private static void append(StringBuilder b, User u, Map<User, Integer> seen) {
        if (u == null) {
            b.append("null");
            return;
        }
        Integer before = seen.putIfAbsent(u, seen.size());
        if (before != null) {
            b.append("again ").append(before);
            return;
        }
        b.append("{id=").append(u.getId()).append(" name=").append(u.getName()).append(" age=").append(u.getAge())
            .append(" score=").append(u.getScore()).append(" active=").append(u.isActive()).append(" level=").append(u.getLevel())
            .append(" tags=").append(u.getTags())
            .append(" counts=").append(u.getCounts() == null ? null : new TreeMap<>(u.getCounts()))
            .append(" born=").append(u.getBorn() == null ? "null" : Long.toString(u.getBorn().getTime())).append(" friend=");
        append(b, u.getFriend(), seen);
        b.append('}');
    }
}

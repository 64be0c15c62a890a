package lab.greet;

import java.io.Serializable;
import java.util.Date;
import java.util.List;
import java.util.Map;

public class User implements Serializable {
    private long id;
    private String name;
    private Integer age;
    private double score;
    private boolean active;
    private Level level;
    private List<String> tags;
    private Map<String, Integer> counts;
    private Date born;
    private User friend;

    public long getId() { return id; }
    public void setId(long id) { this.id = id; }
    public String getName() { return name; }
    public void setName(String name) { this.name = name; }
    public Integer getAge() { return age; }
    public void setAge(Integer age) { this.age = age; }
    public double getScore() { return score; }
    public void setScore(double score) { this.score = score; }
    public boolean isActive() { return active; }
    public void setActive(boolean active) { this.active = active; }
    public Level getLevel() { return level; }
    public void setLevel(Level level) { this.level = level; }
    public List<String> getTags() { return tags; }
    public void setTags(List<String> tags) { this.tags = tags; }
    public Map<String, Integer> getCounts() { return counts; }
    public void setCounts(Map<String, Integer> counts) { this.counts = counts; }
    public Date getBorn() { return born; }
    public void setBorn(Date born) { this.born = born; }
    public User getFriend() { return friend; }
    public void setFriend(User friend) { this.friend = friend; }
}

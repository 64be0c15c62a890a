package lab.types;

import java.io.Serializable;
import java.util.Date;

public class Pointers implements Serializable {
    public Boolean bool;
    public Byte int8;
    public Short int16;
    public Integer int32;
    public Long int64;
    public Long longInt;
    public Float float32;
    public Double float64;
    public String string;
    public Date time;
    public Long id;
    public Point point;
}

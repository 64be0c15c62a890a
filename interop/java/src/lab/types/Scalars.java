package lab.types;

import java.io.Serializable;
import java.util.Date;

/** A field of each simple type. hessian-lite 4 would read a float as 0, so that one is boxed. */
public class Scalars implements Serializable {
    public boolean bool;
    public byte int8;
    public short int16;
    public int int32;
    public long int64;
    public long longInt;
    public Float float32;
    public double float64;
    public String string;
    public byte[] bytes;
    public Date time;
    public Level level;
    public Object any;
    public String javaName;
}

package lab.peer.features;

import java.util.Arrays;

import lab.features.Features;
import lab.features.OddException;
import lab.features.Thing;
import lab.features.UnlistedException;
import lab.peer.Calls;
import lab.peer.Dubbo;

/** One export of the service on the Java side. */
final class FeaturesService implements Features {
    private final String name;

    FeaturesService(String name) {
        this.name = name;
    }

    @Override
    public String where() {
        return name;
    }

    @Override
    public String attached(String key) {
        if (Dubbo.ATTACHES_OBJECTS) {
            Dubbo.reply("back-int", 7);
        }
        return String.valueOf(Dubbo.attachment(key));
    }

    @Override
    public Thing object(String kind, Thing thing) {
        Calls.same(Attached.value(kind, thing), Dubbo.attachment("object"));
        Dubbo.reply("back-object", Attached.value(kind, thing));
        return thing;
    }

    @Override
    public long sum(byte[] data) {
        long sum = 0;
        for (byte v : data) {
            sum += v & 0xff;
        }
        return sum;
    }

    @Override
    public byte[] grow(int n) {
        byte[] data = new byte[n];
        Arrays.fill(data, (byte) 7);
        return data;
    }

    @Override
    public int twice(int n, int millis) {
        Sleep.millis(millis);
        return 2 * n;
    }

    @Override
    public void odd(String message) {
        throw new OddException(message);
    }

    @Override
    public void unlisted(String message) {
        throw new UnlistedException(message);
    }

    @Override
    public String peer() {
        return Dubbo.peer();
    }
}

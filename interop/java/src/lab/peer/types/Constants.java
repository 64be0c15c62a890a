package lab.peer.types;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What each case must be as Text, from the file cases.txt that both languages read: so no two equal
 * mistakes hide each other.
 */
final class Constants {
    private final Map<String, String> texts = new LinkedHashMap<>();

    Constants() {
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(
            Constants.class.getResourceAsStream("cases.txt"), StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                int space = line.indexOf(' ');
                if (space > 0 && line.charAt(0) != '#') {
                    texts.put(line.substring(0, space), line.substring(space).trim());
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Iterable<String> names() {
        return texts.keySet();
    }

    /** Fails unless v is what the case called name must be. */
    void check(String who, String name, Object v) {
        String want = texts.get(name), got = Text.of(v);
        if (!got.equals(want)) {
            throw new IllegalStateException(who + " " + got + ", want " + want);
        }
    }
}

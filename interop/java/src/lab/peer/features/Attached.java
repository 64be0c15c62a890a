package lab.peer.features;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Date;
import java.util.HashMap;

import lab.features.Thing;

/** The attachments that are no Strings, by their kind; its twin is attachedObject of features_test.go. */
final class Attached {
    static final String[] KINDS = {"int", "long", "double", "boolean", "list", "map", "date", "bean", "argument"};

    private Attached() {
    }

    /** What kind names in a call with, or a reply of, that thing. */
    static Object value(String kind, Thing thing) {
        switch (kind) {
            case "int":
                return 7;
            case "long":
                return 1L << 40;
            case "double":
                return 2.5;
            case "boolean":
                return true;
            case "list":
                return new ArrayList<>(Arrays.asList(1, "two"));
            case "map":
                return new HashMap<>(Collections.singletonMap("k", 3L));
            case "date":
                return new Date(1234567);
            case "bean":
                return new Thing("attached");
            case "argument":
                return thing;
            default:
                throw new IllegalArgumentException(kind);
        }
    }
}

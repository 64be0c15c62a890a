package lab.peer;

import java.io.IOException;
import java.io.PrintStream;
import java.io.UnsupportedEncodingException;
import java.util.Arrays;
import java.util.List;

import lab.peer.features.FeaturesSuite;
import lab.peer.greet.AccessCalls;
import lab.peer.greet.GenericCalls;
import lab.peer.greet.GreetCalls;
import lab.peer.quote.QuoteCalls;
import lab.peer.types.GsonCalls;
import lab.peer.types.TypesSuite;

/**
 * A Java process that provides or consumes the services of all suites, told what to do by its
 * arguments:
 *
 * <pre>
 * provider PORT GROUP [zookeeper://HOST:PORT ...]    until its standard input ends
 * consumer {LABEL GROUP ADDRESS DIRECT} ...          all calls at each address, dubbo:// or zookeeper://
 * idle DIRECT                                        calls, waits for 4.5 heartbeats of a second, calls again
 * follow N ADDRESS [KEY=VALUE ...]                   calls N providers, also while one leaves, until the input ends;
 *                                                    the address is that of a registry, or theirs with ";" between
 * crowd N DIRECT ADDRESS                             makes N slow calls and one more at DIRECT until that one is refused,
 *                                                    then calls at ADDRESS, where others are, too; when the input ends,
 *                                                    calls at DIRECT until it is answered
 * </pre>
 *
 * The group "-" is none; DIRECT is always dubbo://. It prints rows of fields between tabs:
 * <pre>
 * PEER   dubbo VERSION, java VERSION           first of all
 * READY  PORT                                  the provider is exported and registered
 * SEEN   notify TEXT                           the provider ran a call that nobody waits for
 * IDLE   HOST:PORT HOST:PORT                   who the provider thought called, before and after
 * FOLLOWS                                      all providers have answered
 * FAILED TEXT                                  a call that should not have
 * SLOW   MILLIS                                a call took longer than a second
 * REFUSED TEXT                                 the call that was one too many
 * AGAIN                                        a call was answered after one that failed
 * LAST   NAME,NAME                             the providers that answer now
 * CALL   LABEL SUITE/NAME ok|FAIL|lacks DETAIL one call of the consumer
 * </pre>
 */
public final class Peer {
    /** How long a call of the consumer may take. */
    static final int TIMEOUT_MS = 8000;
    private static final List<Suite> SUITES = Arrays.asList(
        new GreetCalls(),
        new TypesSuite(),
        new FeaturesSuite(),
        new QuoteCalls(),
        new GenericCalls(),
        new GsonCalls(),
        new AccessCalls());
    private static final PrintStream OUT = utf8(System.out);

    private Peer() {
    }

    public static void main(String[] args) throws Exception {
        print("PEER", "dubbo " + Dubbo.version() + ", java " + System.getProperty("java.version"));
        List<String> rest = Arrays.asList(args).subList(1, args.length);
        if (args[0].equals("provider")) {
            provide(Integer.parseInt(rest.get(0)), rest.get(1), rest.subList(2, rest.size()));
        } else if (args[0].equals("idle")) {
            Dubbo.begin("java-consumer", 0);
            FeaturesSuite.idle(rest.get(0));
        } else if (args[0].equals("follow")) {
            Dubbo.begin("java-consumer", 0);
            FeaturesSuite.follow(Integer.parseInt(rest.get(0)), rest.get(1), rest.subList(2, rest.size()));
        } else if (args[0].equals("crowd")) {
            Dubbo.begin("java-consumer", 0);
            FeaturesSuite.crowd(Integer.parseInt(rest.get(0)), rest.get(1), rest.get(2));
        } else {
            Dubbo.begin("java-consumer", 0);
            for (int i = 0; i < rest.size(); i += 4) {
                consume(rest.subList(i, i + 4));
            }
        }
        System.exit(0);
    }

    private static PrintStream utf8(PrintStream out) {
        try {
            return new PrintStream(out, true, "UTF-8");
        } catch (UnsupportedEncodingException e) {
            throw new AssertionError(e);
        }
    }

    public static synchronized void print(String... fields) {
        for (int i = 0; i < fields.length; i++) {
            fields[i] = String.valueOf(fields[i]).replaceAll("[\\t\\r\\n]+", " ");
        }
        OUT.println(String.join("\t", fields));
    }

    private static String named(String group) {
        return group.equals("-") ? "" : group;
    }

    private static void provide(int port, String group, List<String> registries) throws IOException {
        Dubbo.begin("java-provider", port);
        for (Suite suite : SUITES) {
            suite.provide(new Exports(named(group), registries));
        }
        print("READY", Integer.toString(port));
        while (System.in.read() >= 0) {
            // The harness closes our input to end us; Dubbo's own shutdown hook says farewell.
        }
    }

    private static void consume(List<String> target) {
        String label = target.get(0);
        for (Suite suite : SUITES) {
            try {
                suite.consume(new Calls(label, suite.name(), named(target.get(1)), target.get(2), target.get(3)));
            } catch (Throwable e) {
                print("CALL", label, suite.name() + "/refer", "FAIL", Calls.chain(e));
            }
        }
    }
}

package lab.peer;

import java.io.IOException;
import java.util.Collections;

import lab.features.Features;
import lab.greet.GreetService;
import lab.peer.greet.Greeter;

/**
 * A Java process that speaks another serialization than Hessian 2, told by its arguments
 * {@code PORT SERIALIZATION DIRECT [own]}: it provides at PORT until its standard input ends, and before
 * that calls the provider at DIRECT, in the same process so that one start serves both. Rows:
 *
 * <pre>
 * PEER    dubbo VERSION, java VERSION
 * BEFORE  HOST:PORT            who the provider thought called, in Hessian 2
 * FOREIGN MILLISECONDS TEXT    how the call in SERIALIZATION failed; its result if it did not
 * AFTER   HOST:PORT            in Hessian 2 again
 * READY   PORT
 * </pre>
 */
public final class Foreign {
    private Foreign() {
    }

    public static void main(String[] args) throws IOException {
        int port = Integer.parseInt(args[0]);
        Peer.print("PEER", "dubbo " + Dubbo.version() + ", java " + System.getProperty("java.version"));
        Dubbo.begin("java-foreign", port);
        Terms terms = spoken(args[1]);
        if (args.length > 3) { // in 2.6 the calls that share a connection share its serialization
            terms.with("connections", "1");
        }
        try (Ref<Features> hessian = Dubbo.refer(Features.class, new Terms(), args[2]);
                Ref<Features> foreign = Dubbo.refer(Features.class, terms, args[2])) {
            Peer.print("BEFORE", hessian.service.peer());
            long start = System.nanoTime();
            String result;
            try {
                result = foreign.service.peer();
            } catch (RuntimeException e) {
                result = Calls.chain(e);
            }
            Peer.print("FOREIGN", Long.toString((System.nanoTime() - start) / 1000000), result);
            Peer.print("AFTER", hessian.service.peer());
        }
        Dubbo.export(GreetService.class, new Greeter(), spoken(args[1]), Collections.emptyList());
        Peer.print("READY", args[0]);
        while (System.in.read() >= 0) {
            // The harness closes our input to end us.
        }
        System.exit(0);
    }

    private static Terms spoken(String serialization) {
        return new Terms().with("serialization", serialization).with("prefer.serialization", serialization);
    }
}

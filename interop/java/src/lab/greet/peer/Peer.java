package lab.greet.peer;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

import lab.greet.GreetService;

import org.apache.dubbo.common.Version;
import org.apache.dubbo.config.ApplicationConfig;
import org.apache.dubbo.config.MethodConfig;
import org.apache.dubbo.config.ProtocolConfig;
import org.apache.dubbo.config.ReferenceConfig;
import org.apache.dubbo.config.RegistryConfig;
import org.apache.dubbo.config.ServiceConfig;

/**
 * A Java process that provides or consumes the service, told what to do by its arguments:
 *
 * <pre>
 * provider PORT GROUP [zookeeper://HOST:PORT ...]    until its standard input ends
 * consumer {LABEL GROUP ADDRESS} ...                 all calls at each address, dubbo:// or zookeeper://
 * </pre>
 *
 * The group "-" is none. It prints rows of fields between tabs:
 * <pre>
 * PEER   dubbo VERSION, java VERSION           first of all
 * READY  PORT                                  the provider is exported and registered
 * SEEN   notify TEXT                           the provider ran a call that nobody waits for
 * CALL   LABEL NAME ok|FAIL DETAIL             one call of the consumer
 * </pre>
 */
public final class Peer {
    private static final PrintStream OUT = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    /** How long a call of the consumer may take, and how long slow may. */
    static final int TIMEOUT_MS = 8000, SLOW_TIMEOUT_MS = 300;

    private Peer() {
    }

    public static void main(String[] args) throws Exception {
        print("PEER", "dubbo " + version() + ", java " + System.getProperty("java.version"));
        List<String> rest = Arrays.asList(args).subList(1, args.length);
        if (args[0].equals("provider")) {
            provide(Integer.parseInt(rest.get(0)), rest.get(1), rest.subList(2, rest.size()));
        } else {
            for (int i = 0; i < rest.size(); i += 3) {
                consume(rest.get(i), rest.get(i + 1), rest.get(i + 2));
            }
        }
        System.exit(0);
    }

    /** The version of the jar that runs, as its own manifest tells. */
    private static String version() {
        return Version.getVersion();
    }

    static synchronized void print(String... fields) {
        for (int i = 0; i < fields.length; i++) {
            fields[i] = String.valueOf(fields[i]).replaceAll("[\\t\\r\\n]+", " ");
        }
        OUT.println(String.join("\t", fields));
    }

    private static ApplicationConfig application(String name) {
        ApplicationConfig application = new ApplicationConfig(name);
        application.setQosEnable(false);
        return application;
    }

    private static void provide(int port, String group, List<String> addresses) throws IOException {
        List<RegistryConfig> registries = new ArrayList<>();
        for (String address : addresses) {
            registries.add(new RegistryConfig(address));
        }
        if (registries.isEmpty()) {
            registries.add(new RegistryConfig(RegistryConfig.NO_AVAILABLE));
        }
        ServiceConfig<GreetService> service = new ServiceConfig<>();
        service.setApplication(application("java-provider"));
        service.setRegistries(registries);
        service.setProtocol(new ProtocolConfig("dubbo", port));
        service.setInterface(GreetService.class);
        if (!group.equals("-")) {
            service.setGroup(group);
        }
        service.setRef(new Greeter());
        service.export();
        print("READY", Integer.toString(port));
        while (System.in.read() >= 0) {
            // The harness closes our input to end us.
        }
        service.unexport();
    }

    private static void consume(String label, String group, String address) {
        ReferenceConfig<GreetService> reference = new ReferenceConfig<>();
        reference.setApplication(application("java-consumer"));
        if (address.startsWith("dubbo:")) {
            reference.setUrl(address);
        } else {
            reference.setRegistry(new RegistryConfig(address));
        }
        reference.setInterface(GreetService.class);
        if (!group.equals("-")) {
            reference.setGroup(group);
        }
        reference.setTimeout(TIMEOUT_MS);
        reference.setRetries(0);
        reference.setFilter("replies");
        MethodConfig slow = new MethodConfig();
        slow.setName("slow");
        slow.setTimeout(SLOW_TIMEOUT_MS);
        MethodConfig oneway = new MethodConfig();
        oneway.setName("notify");
        oneway.setReturn(false);
        reference.setMethods(Arrays.asList(slow, oneway));
        try {
            new Calls(label, reference.get()).run();
        } catch (Throwable e) {
            print("CALL", label, "refer", "FAIL", Calls.chain(e));
        } finally {
            reference.destroy();
        }
    }
}

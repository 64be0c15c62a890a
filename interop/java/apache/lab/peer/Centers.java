package lab.peer;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.lang.reflect.Method;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

import lab.greet.GreetService;
import lab.peer.greet.Greeter;

import org.apache.dubbo.config.ApplicationConfig;
import org.apache.dubbo.config.ConfigCenterConfig;
import org.apache.dubbo.config.MetadataReportConfig;
import org.apache.dubbo.config.ProtocolConfig;
import org.apache.dubbo.config.ReferenceConfig;
import org.apache.dubbo.config.RegistryConfig;
import org.apache.dubbo.config.ServiceConfig;
import org.apache.dubbo.config.bootstrap.DubboBootstrap;
import org.apache.dubbo.rpc.Invoker;
import org.apache.dubbo.rpc.cluster.ClusterInvoker;

/**
 * A Java process of a fleet whose registry, config center and metadata center are one ZooKeeper.
 * Dubbo 3 registers both its interfaces and its instance, and keeps the metadata of the instance in
 * the center.
 *
 * <pre>
 * provide PORT zookeeper://HOST:PORT     until its standard input ends
 * consume zookeeper://HOST:PORT          as its standard input says
 * </pre>
 *
 * A provider prints PEER and READY, see Peer; a consumer PEER alone, and answers each line of its input with one row:
 * <pre>
 * start    STARTED                                it calls without a pause until stop, 20 times at least
 * stop     STOPPED PORT=COUNT,... FAILED ERROR    who answered, how many calls failed, the last one why
 * slow MS  SLOW    ok|timeout|ERROR               a call that takes that long
 * list     LIST    LEVEL PORT,... TIMEOUT         the providers that Dubbo knows, by interface or by instance
 * </pre>
 */
public final class Centers {
    private static final boolean INSTANCES = !Dubbo.version().startsWith("2.");

    private Centers() {
    }

    public static void main(String[] args) throws Exception {
        Peer.print("PEER", "dubbo " + Dubbo.version() + ", java " + System.getProperty("java.version"));
        if (INSTANCES) { // as settings, since 2.7 has no such methods
            System.setProperty("dubbo.application.register-mode", "all");
            System.setProperty("dubbo.application.metadata-type", "remote");
        }
        if (args[0].equals("provide")) {
            provide(args[1], args[2]);
        } else {
            consume(args[1]);
        }
        System.exit(0);
    }

    private static DubboBootstrap member(String name, String address) {
        ApplicationConfig application = new ApplicationConfig(name);
        application.setQosEnable(false);
        ConfigCenterConfig config = new ConfigCenterConfig();
        config.setAddress(address);
        return DubboBootstrap.getInstance().application(application).registry(new RegistryConfig(address))
            .configCenter(config).metadataReport(new MetadataReportConfig(address));
    }

    private static void provide(String port, String address) throws Exception {
        ServiceConfig<GreetService> service = new ServiceConfig<>();
        service.setInterface(GreetService.class);
        service.setRef(new Greeter() {
            @Override
            public String sayHello(String name) {
                return port;
            }
        });
        member("java-provider", address).protocol(new ProtocolConfig("dubbo", Integer.parseInt(port))).service(service).start();
        Peer.print("READY", port);
        while (System.in.read() >= 0) {
            // The harness closes our input to end us.
        }
    }

    private static void consume(String address) throws Exception {
        ReferenceConfig<GreetService> reference = new ReferenceConfig<>();
        reference.setInterface(GreetService.class);
        reference.setTimeout(Peer.TIMEOUT_MS);
        member("java-consumer", address).reference(reference).start();
        GreetService greeter = reference.get();
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in));
        Caller caller = null;
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            String[] words = line.split(" ");
            switch (words[0]) {
                case "start":
                    caller = new Caller(greeter);
                    caller.start();
                    Peer.print("STARTED");
                    break;
                case "stop":
                    caller.finish();
                    Peer.print("STOPPED", caller.answered.toString().replaceAll("[{} ]", ""), Integer.toString(caller.failed), caller.error);
                    break;
                case "slow":
                    Peer.print("SLOW", slow(greeter, Integer.parseInt(words[1])));
                    break;
                case "list":
                    list(reference);
                    break;
                default:
                    Peer.print("UNKNOWN", line);
            }
        }
    }

    private static final class Caller extends Thread {
        final Map<String, Integer> answered = new TreeMap<>();
        int failed;
        String error = "";
        private final GreetService greeter;
        private volatile boolean finishing;

        Caller(GreetService greeter) {
            this.greeter = greeter;
        }

        @Override
        public void run() {
            for (int n = 0; n < 20 || !finishing; n++) {
                try {
                    answered.merge(greeter.sayHello("Ada"), 1, Integer::sum);
                } catch (RuntimeException e) {
                    failed++;
                    error = Calls.chain(e);
                }
            }
        }

        void finish() throws InterruptedException {
            finishing = true;
            join();
        }
    }

    private static String slow(GreetService greeter, int millis) {
        try {
            greeter.slow(millis);
            return "ok";
        } catch (RuntimeException e) {
            return Dubbo.isTimeout(e) ? "timeout" : Calls.chain(e);
        }
    }

    private static void list(ReferenceConfig<?> reference) throws ReflectiveOperationException {
        Method invoker = ReferenceConfig.class.getDeclaredMethod("getInvoker");
        invoker.setAccessible(true); // public in Dubbo 3 only
        TreeSet<Integer> ports = new TreeSet<>();
        String level = "none", timeout = "none";
        for (Invoker<?> provider : ((ClusterInvoker<?>) invoker.invoke(reference)).getDirectory().getAllInvokers()) {
            ports.add(provider.getUrl().getPort());
            level = provider.getUrl().getClass().getSimpleName().equals("InstanceAddressURL") ? "instance" : "interface";
            timeout = provider.getUrl().getParameter("timeout");
        }
        Peer.print("LIST", level, ports.toString().replaceAll("[\\[\\] ]", ""), timeout);
    }
}

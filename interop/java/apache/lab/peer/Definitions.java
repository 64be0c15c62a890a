package lab.peer;

import java.lang.reflect.Type;
import java.util.TreeMap;

import lab.greet.GreetService;
import lab.peer.greet.Greeter;

import org.apache.dubbo.common.URL;
import org.apache.dubbo.common.extension.ExtensionLoader;
import org.apache.dubbo.config.ApplicationConfig;
import org.apache.dubbo.config.MetadataReportConfig;
import org.apache.dubbo.config.ProtocolConfig;
import org.apache.dubbo.config.RegistryConfig;
import org.apache.dubbo.config.ServiceConfig;
import org.apache.dubbo.config.bootstrap.DubboBootstrap;
import org.apache.dubbo.metadata.definition.model.FullServiceDefinition;
import org.apache.dubbo.metadata.definition.model.MethodDefinition;
import org.apache.dubbo.metadata.report.MetadataReport;
import org.apache.dubbo.metadata.report.MetadataReportFactory;
import org.apache.dubbo.metadata.report.identifier.MetadataIdentifier;

/**
 * A Java process that publishes the definition of its service, as an application of a fleet does
 * that has a metadata center, or reads the one that another wrote.
 *
 * <pre>
 * provide PORT GROUP zookeeper://HOST:PORT                                   until its standard input ends
 * read zookeeper://HOST:PORT INTERFACE VERSION GROUP APPLICATION
 * </pre>
 *
 * Besides PEER and READY, see Peer, it prints
 * <pre>
 * DEFINITION  INTERFACE                  what it read is one, of this interface
 * METHOD      NAME PARAMETERS RESULT     one for each method, the types of parameters between commas
 * PARAMETER   NAME VALUE                 one for each parameter of the URL
 * </pre>
 */
public final class Definitions {
    private Definitions() {
    }

    public static void main(String[] args) throws Exception {
        Peer.print("PEER", "dubbo " + Dubbo.version() + ", java " + System.getProperty("java.version"));
        if (args[0].equals("provide")) {
            provide(Integer.parseInt(args[1]), args[2], args[3]);
        } else {
            read(args[1], args[2], args[3], args[4], args[5]);
        }
        System.exit(0);
    }

    private static void provide(int port, String group, String address) throws Exception {
        ApplicationConfig application = new ApplicationConfig("java-provider");
        application.setQosEnable(false);
        ServiceConfig<GreetService> service = new ServiceConfig<>();
        service.setInterface(GreetService.class);
        service.setGroup(group);
        service.setRef(new Greeter());
        DubboBootstrap.getInstance().application(application).registry(new RegistryConfig(address))
            .metadataReport(new MetadataReportConfig(address)).protocol(new ProtocolConfig("dubbo", port))
            .service(service).start();
        Peer.print("READY", Integer.toString(port));
        while (System.in.read() >= 0) {
            // The harness closes our input to end us.
        }
    }

    private static void read(String address, String type, String version, String group, String application) throws Exception {
        MetadataReport report = ExtensionLoader.getExtensionLoader(MetadataReportFactory.class).getExtension("zookeeper")
            .getMetadataReport(URL.valueOf(address));
        String text = report.getServiceDefinition(new MetadataIdentifier(type, version, group, "provider", application));
        FullServiceDefinition definition = parse(text);
        Peer.print("DEFINITION", definition.getCanonicalName());
        for (MethodDefinition m : definition.getMethods()) {
            Peer.print("METHOD", m.getName(), String.join(",", m.getParameterTypes()), m.getReturnType());
        }
        new TreeMap<>(definition.getParameters()).forEach((k, v) -> Peer.print("PARAMETER", k, v));
    }

    /** Parses with Dubbo's own JSON, which 2.7 does not have under this name. */
    private static FullServiceDefinition parse(String text) throws ReflectiveOperationException {
        return (FullServiceDefinition) Class.forName("org.apache.dubbo.common.utils.JsonUtils")
            .getMethod("toJavaObject", String.class, Type.class).invoke(null, text, FullServiceDefinition.class);
    }
}

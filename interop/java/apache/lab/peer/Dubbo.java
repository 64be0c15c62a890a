package lab.peer;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;

import org.apache.dubbo.common.Version;
import org.apache.dubbo.common.beanutil.JavaBeanAccessor;
import org.apache.dubbo.common.beanutil.JavaBeanDescriptor;
import org.apache.dubbo.common.beanutil.JavaBeanSerializeUtil;
import org.apache.dubbo.config.ApplicationConfig;
import org.apache.dubbo.config.ProtocolConfig;
import org.apache.dubbo.config.ReferenceConfig;
import org.apache.dubbo.config.RegistryConfig;
import org.apache.dubbo.config.ServiceConfig;
import org.apache.dubbo.rpc.RpcContext;
import org.apache.dubbo.rpc.RpcException;
import org.apache.dubbo.rpc.service.EchoService;
import org.apache.dubbo.rpc.service.GenericException;
import org.apache.dubbo.rpc.service.GenericService;
import org.apache.dubbo.rpc.support.ProtocolUtils;

/**
 * All that the peer asks of Dubbo 2.7 and 3. The class of the same name in the folder alibaba is
 * its twin for 2.6; the rest of the peer compiles against either and imports neither Dubbo.
 */
public final class Dubbo {
    /** Whether an attachment may be another object than a String. */
    public static final boolean ATTACHES_OBJECTS = has(RpcContext.class, "setObjectAttachment");
    /** Whether a caller attaches the name of its application. */
    public static final boolean NAMES_APPLICATION = has(RpcContext.class, "getRemoteApplicationName");
    /** Whether a method may return a CompletableFuture. */
    public static final boolean FUTURES = has(RpcContext.class, "getCompletableFuture");
    /** Whether a caller without the interface may ask for a CompletableFuture. */
    public static final boolean GENERIC_FUTURES = has(GenericService.class, "$invokeAsync");
    /** Whether a generic call may ask for an object instead of a map. */
    public static final boolean GENERIC_RAW = has(ProtocolUtils.class, "isGenericReturnRawResult");
    /** Whether a generic call may be in JSON. */
    public static final boolean GENERIC_GSON = has(ProtocolUtils.class, "isGsonGenericSerialization");
    /** Whether its answer is JSON, too. */
    public static final boolean GSON_ANSWERS = has("org.apache.dubbo.common.json.GsonUtils", "toJson");
    /** Whether a generic call may be in the JSON of protobuf messages. */
    public static final boolean GENERIC_PROTOBUF = has(ProtocolUtils.class, "isProtobufGenericSerialization");

    /** Whether calls may be signed with access keys. */
    public static final boolean ACCESS_KEYS = has("org.apache.dubbo.auth.AccessKeyAuthenticator");
    /** Whether calls may carry a name and password. */
    public static final boolean BASIC_AUTH = has("org.apache.dubbo.auth.BasicAuthenticator");

    private static final Map<String, RegistryConfig> REGISTRIES = new HashMap<>();
    private static ApplicationConfig application;
    private static ProtocolConfig protocol;

    private Dubbo() {
    }

    /** The version of the jar that runs, as its own manifest tells. */
    static String version() {
        return Version.getVersion();
    }

    /** Must come first: who this process is, and the port on which it provides, 0 if it does not. */
    static void begin(String name, int port) {
        application = new ApplicationConfig(name);
        application.setQosEnable(false);
        if (port > 0) {
            protocol = new ProtocolConfig("dubbo", port);
            protocol.setThreads(Integer.getInteger("lab.threads")); // null, the default, if nobody says
            protocol.setQueues(Integer.getInteger("lab.queues"));
        }
    }

    static <T> void export(Class<T> type, T ref, Terms terms, List<String> addresses) {
        List<RegistryConfig> registries = new ArrayList<>();
        for (String address : addresses) {
            registries.add(registry(address));
        }
        if (registries.isEmpty()) {
            registries.add(registry(RegistryConfig.NO_AVAILABLE));
        }
        ServiceConfig<T> service = new ServiceConfig<>();
        service.setApplication(application);
        service.setRegistries(registries);
        service.setProtocol(protocol);
        service.setInterface(type);
        service.setGroup(terms.group.isEmpty() ? null : terms.group);
        service.setVersion(terms.version);
        service.setPath(terms.path);
        service.setToken(terms.token);
        service.setParameters(terms.parameters);
        service.setRef(ref);
        service.export();
    }

    /** A reference to type at address, which is dubbo://HOST:PORT or that of a registry. */
    static <T> Ref<T> refer(Class<T> type, Terms terms, String address) {
        ReferenceConfig<T> reference = reference(terms, address);
        reference.setInterface(type);
        return new Ref<>(reference.get(), reference::destroy);
    }

    /** The same without the interface: names in place of methods and types, maps in place of objects. */
    static Ref<Generic> generic(String type, Terms terms, String address) {
        ReferenceConfig<GenericService> reference = reference(terms, address);
        reference.setInterface(type);
        reference.setGeneric(terms.generic);
        GenericService service = reference.get();
        return new Ref<>(new Generic() {
            @Override
            public Object invoke(String method, String[] types, Object... args) {
                return service.$invoke(method, types, args);
            }

            @Override
            public Future<Object> invokeAsync(String method, String[] types, Object... args) {
                return service.$invokeAsync(method, types, args);
            }
        }, reference::destroy);
    }

    /** The class and message of what the service threw at a generic caller; null for another failure. */
    public static String thrown(Throwable e) {
        if (e instanceof GenericException) {
            GenericException x = (GenericException) e;
            return x.getExceptionClass() + ": " + x.getExceptionMessage();
        }
        // What providers send; only in 3.x it is one of the above.
        if (e instanceof com.alibaba.dubbo.rpc.service.GenericException) {
            com.alibaba.dubbo.rpc.service.GenericException x = (com.alibaba.dubbo.rpc.service.GenericException) e;
            return x.getExceptionClass() + ": " + x.getExceptionMessage();
        }
        return null;
    }

    private static <T> ReferenceConfig<T> reference(Terms terms, String address) {
        ReferenceConfig<T> reference = new ReferenceConfig<>();
        reference.setApplication(application);
        if (address.startsWith("dubbo:")) {
            reference.setUrl(terms.token == null ? address : address + "?token=" + terms.token);
        } else {
            reference.setRegistry(registry(address));
        }
        reference.setGroup(terms.group.isEmpty() ? null : terms.group);
        reference.setVersion(terms.version);
        reference.setTimeout(Peer.TIMEOUT_MS);
        reference.setRetries(0);
        reference.setFilter("replies");
        reference.setParameters(terms.parameters);
        return reference;
    }

    private static boolean has(String type) {
        try {
            Class.forName(type, false, Dubbo.class.getClassLoader());
            return true;
        } catch (ClassNotFoundException e) {
            return false;
        }
    }

    private static boolean has(String type, String method) {
        try {
            return has(Class.forName(type, false, Dubbo.class.getClassLoader()), method);
        } catch (ClassNotFoundException e) {
            return false;
        }
    }

    private static boolean has(Class<?> type, String method) {
        return Arrays.stream(type.getMethods()).anyMatch(m -> m.getName().equals(method));
    }

    private static RegistryConfig registry(String address) {
        return REGISTRIES.computeIfAbsent(address, RegistryConfig::new);
    }

    /** Attaches a value to the next call; one that is no String takes Dubbo 2.7. */
    public static void attach(String key, Object value) {
        RpcContext.getContext().setObjectAttachment(key, value);
    }

    /** The attachment of the call that is being served. */
    public static Object attachment(String key) {
        return RpcContext.getContext().getObjectAttachment(key);
    }

    /** Attaches a value to the answer of the call that is being served. */
    public static void reply(String key, Object value) {
        RpcContext.getServerContext().setObjectAttachment(key, value);
    }

    /** The attachment of the last answer. */
    public static Object replied(String key) {
        return Replies.attachment(key);
    }

    /** The caller of the call that is being served, host:port. */
    public static String peer() {
        return RpcContext.getContext().getRemoteAddressString();
    }

    /** The outcome of this thread's last call of a method that is configured as async. */
    public static <T> Future<T> future() {
        return RpcContext.getContext().getFuture();
    }

    public static Object echo(Object service, Object value) {
        return ((EchoService) service).$echo(value);
    }

    /** What stands for a value in generic=bean. */
    public static Object describe(Object value) {
        return JavaBeanSerializeUtil.serialize(value, JavaBeanAccessor.METHOD);
    }

    /** The value that such a description is of. */
    public static Object described(Object description) {
        return JavaBeanSerializeUtil.deserialize((JavaBeanDescriptor) description);
    }

    /** Whether e is Dubbo's own exception for a call that took too long. */
    public static boolean isTimeout(Throwable e) {
        return e instanceof RpcException && ((RpcException) e).isTimeout();
    }
}

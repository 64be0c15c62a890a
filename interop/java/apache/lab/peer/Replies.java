package lab.peer;

import java.util.Map;

import org.apache.dubbo.rpc.Filter;
import org.apache.dubbo.rpc.Invocation;
import org.apache.dubbo.rpc.Invoker;
import org.apache.dubbo.rpc.Result;

/**
 * A consumer's filter that keeps the attachments of the last reply. RpcContext has them too, but
 * in 2.7 only where a cluster stands in front of the provider, which a direct URL has not.
 */
public final class Replies implements Filter, Filter.Listener {
    private static volatile Map<String, Object> last;

    static Object attachment(String key) {
        return last.get(key);
    }

    @Override
    public Result invoke(Invoker<?> invoker, Invocation invocation) {
        return invoker.invoke(invocation);
    }

    @Override
    public void onResponse(Result reply, Invoker<?> invoker, Invocation invocation) {
        last = reply.getObjectAttachments();
    }

    @Override
    public void onError(Throwable e, Invoker<?> invoker, Invocation invocation) {
    }
}

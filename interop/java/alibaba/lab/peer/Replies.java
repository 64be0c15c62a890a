package lab.peer;

import java.util.Map;

import com.alibaba.dubbo.rpc.Filter;
import com.alibaba.dubbo.rpc.Invocation;
import com.alibaba.dubbo.rpc.Invoker;
import com.alibaba.dubbo.rpc.Result;

/** A consumer's filter that keeps the attachments of the last reply. */
public final class Replies implements Filter {
    private static volatile Map<String, String> last;

    static Object attachment(String key) {
        return last.get(key);
    }

    @Override
    public Result invoke(Invoker<?> invoker, Invocation invocation) {
        Result reply = invoker.invoke(invocation);
        last = reply.getAttachments();
        return reply;
    }
}

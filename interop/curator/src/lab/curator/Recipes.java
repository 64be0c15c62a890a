package lab.curator;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.CuratorFrameworkFactory;
import org.apache.curator.framework.api.transaction.CuratorTransactionResult;
import org.apache.curator.framework.recipes.atomic.DistributedAtomicLong;
import org.apache.curator.framework.recipes.barriers.DistributedDoubleBarrier;
import org.apache.curator.framework.recipes.cache.CuratorCache;
import org.apache.curator.framework.recipes.cache.CuratorCacheListener;
import org.apache.curator.framework.recipes.cache.TreeCache;
import org.apache.curator.framework.recipes.leader.LeaderSelector;
import org.apache.curator.framework.recipes.leader.LeaderSelectorListenerAdapter;
import org.apache.curator.framework.recipes.locks.InterProcessMutex;
import org.apache.curator.framework.recipes.locks.InterProcessReadWriteLock;
import org.apache.curator.framework.recipes.locks.InterProcessSemaphoreV2;
import org.apache.curator.framework.recipes.locks.Lease;
import org.apache.curator.framework.recipes.nodes.GroupMember;
import org.apache.curator.framework.recipes.nodes.PersistentNode;
import org.apache.curator.framework.recipes.queue.SimpleDistributedQueue;
import org.apache.curator.framework.recipes.shared.SharedCount;
import org.apache.curator.framework.state.ConnectionState;
import org.apache.curator.retry.ExponentialBackoffRetry;
import org.apache.curator.x.discovery.ServiceCache;
import org.apache.curator.x.discovery.ServiceDiscovery;
import org.apache.curator.x.discovery.ServiceDiscoveryBuilder;
import org.apache.curator.x.discovery.ServiceInstance;
import org.apache.zookeeper.AddWatchMode;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.OpResult;
import org.apache.zookeeper.Watcher;
import org.apache.zookeeper.ZooDefs;
import org.apache.zookeeper.data.Stat;

/**
 * Uses Curator's recipes at the server HOST:PORT of its argument and prints what each of them did,
 * a row of fields between tabs: a recipe and what it saw. Rows hold no id, time or address, so two
 * servers that are alike have the same rows; but for
 *
 * <pre>
 * PEER  curator VERSION, java VERSION
 * KILL  SESSION                         whoever reads it must end that session, in hex
 * </pre>
 */
public final class Recipes {
    private final CuratorFramework first, second, known;

    private Recipes(String address) {
        first = client(address).build();
        second = client(address).build();
        known = client(address).authorization("digest", "ada:secret".getBytes()).build();
        for (CuratorFramework c : Arrays.asList(first, second, known)) {
            c.start();
        }
    }

    public static void main(String[] args) throws Exception {
        print("PEER", "curator " + CuratorFramework.class.getPackage().getImplementationVersion() + ", java " + System.getProperty("java.version"));
        Recipes r = new Recipes(args[0]);
        r.curatorCache();
        r.treeCache();
        r.watchers();
        r.transactions();
        r.mutex();
        r.readWriteLock();
        r.semaphore();
        r.leader();
        r.counters();
        r.barrier();
        r.queue();
        r.members();
        r.discovery();
        r.kinds();
        r.access();
        r.session();
        for (CuratorFramework c : Arrays.asList(r.first, r.second, r.known)) {
            c.close();
        }
        System.exit(0);
    }

    private static CuratorFrameworkFactory.Builder client(String address) {
        return CuratorFrameworkFactory.builder().connectString(address).sessionTimeoutMs(10_000).connectionTimeoutMs(10_000)
            .retryPolicy(new ExponentialBackoffRetry(100, 5));
    }

    private static synchronized void print(Object... fields) {
        System.out.println(Arrays.stream(fields).map(f -> String.valueOf(f).replaceAll("[\\t\\r\\n]+", " ")).collect(Collectors.joining("\t")));
    }

    /** What a listener told, in order. */
    private static final class News {
        private final BlockingQueue<String> told = new LinkedBlockingQueue<>();

        void tell(Object... fields) {
            told.add(Arrays.stream(fields).map(String::valueOf).collect(Collectors.joining(" ")));
        }

        String next() throws InterruptedException {
            String s = told.poll(60, TimeUnit.SECONDS);
            return s == null ? "nothing in a minute" : s;
        }
    }

    private static void until(Callable<Boolean> there) throws Exception {
        while (!there.call()) {
            Thread.sleep(20);
        }
    }

    private static String text(byte[] data) {
        return data == null ? "null" : new String(data);
    }

    private static String failure(Callable<?> call) {
        try {
            return "returned " + call.call();
        } catch (KeeperException e) {
            return e.code() + " " + e.getPath();
        } catch (Exception e) {
            return e.getClass().getSimpleName();
        }
    }

    private void curatorCache() throws Exception {
        first.create().forPath("/cache", "root".getBytes());
        News news = new News();
        CuratorCache cache = CuratorCache.build(first, "/cache");
        cache.listenable().addListener((type, was, is) -> news.tell(type,
            (is == null ? was : is).getPath(), was == null ? "-" : text(was.getData()), is == null ? "-" : text(is.getData())));
        cache.start();
        print("CuratorCache", news.next());
        second.create().creatingParentsIfNeeded().forPath("/cache/a/b", "one".getBytes());
        print("CuratorCache", new TreeSet<>(Arrays.asList(news.next().split(" ")[1], news.next().split(" ")[1])));
        second.setData().forPath("/cache/a/b", "two".getBytes());
        print("CuratorCache", news.next());
        second.delete().forPath("/cache/a/b");
        print("CuratorCache", news.next());
        second.delete().forPath("/cache/a");
        print("CuratorCache", news.next());
        print("CuratorCache", cache.size());
        cache.close();
    }

    private void treeCache() throws Exception {
        first.create().creatingParentsIfNeeded().forPath("/tree/x", "x".getBytes());
        News news = new News();
        TreeCache cache = TreeCache.newBuilder(first, "/tree").build();
        cache.getListenable().addListener((client, e) -> news.tell(e.getType(), e.getData() == null ? "-" : e.getData().getPath()));
        cache.start();
        print("TreeCache", news.next(), news.next(), news.next());
        second.create().forPath("/tree/x/y");
        print("TreeCache", news.next());
        second.setData().forPath("/tree/x", "z".getBytes());
        print("TreeCache", news.next(), text(cache.getCurrentData("/tree/x").getData()));
        second.delete().deletingChildrenIfNeeded().forPath("/tree/x");
        print("TreeCache", news.next(), news.next());
        cache.close();
    }

    private void watchers() throws Exception {
        first.create().forPath("/watched");
        News news = new News();
        Watcher watcher = e -> news.tell(e.getType(), e.getPath());
        first.watchers().add().withMode(AddWatchMode.PERSISTENT_RECURSIVE).usingWatcher(watcher).forPath("/watched");
        second.create().forPath("/watched/a");
        second.setData().forPath("/watched/a", new byte[1]);
        second.delete().forPath("/watched/a");
        print("recursive", news.next(), news.next(), news.next());
        first.watchers().remove(watcher).forPath("/watched");
        print("recursive", news.next());
        first.watchers().add().withMode(AddWatchMode.PERSISTENT).usingWatcher(watcher).forPath("/watched");
        second.create().forPath("/watched/a");
        second.setData().forPath("/watched/a", new byte[1]);
        second.setData().forPath("/watched", new byte[1]);
        print("persistent", news.next(), news.next());
        first.watchers().removeAll().ofType(Watcher.WatcherType.Any).forPath("/watched");
        print("persistent", news.next());
        print("removed", failure(() -> first.watchers().removeAll().ofType(Watcher.WatcherType.Any).forPath("/watched")));
        first.getData().usingWatcher(watcher).forPath("/watched");
        first.getChildren().usingWatcher(watcher).forPath("/watched");
        second.delete().deletingChildrenIfNeeded().forPath("/watched");
        print("once", news.next(), news.next());
    }

    private void transactions() throws Exception {
        List<CuratorTransactionResult> results = first.transaction().forOperations(
            first.transactionOp().create().forPath("/tx", "1".getBytes()),
            first.transactionOp().create().withMode(CreateMode.EPHEMERAL).forPath("/tx/e"),
            first.transactionOp().check().withVersion(0).forPath("/tx"),
            first.transactionOp().setData().withVersion(0).forPath("/tx", "2".getBytes()),
            first.transactionOp().create().withMode(CreateMode.PERSISTENT_SEQUENTIAL).forPath("/tx/s-"),
            first.transactionOp().delete().forPath("/tx/e"));
        for (CuratorTransactionResult r : results) {
            print("transaction", r.getType(), r.getForPath(), r.getResultPath(), stat(r.getResultStat()));
        }
        try {
            first.transaction().forOperations(
                first.transactionOp().setData().forPath("/tx", "3".getBytes()),
                first.transactionOp().check().withVersion(7).forPath("/tx"),
                first.transactionOp().delete().forPath("/tx/none"));
        } catch (KeeperException e) {
            List<String> codes = new ArrayList<>();
            for (OpResult r : e.getResults()) {
                codes.add(r instanceof OpResult.ErrorResult ? String.valueOf(((OpResult.ErrorResult) r).getErr()) : r.getClass().getSimpleName());
            }
            print("transaction", e.code(), codes);
        }
        print("transaction", text(first.getData().forPath("/tx")), stat(first.checkExists().forPath("/tx")));
    }

    private static String stat(Stat s) {
        return s == null ? "-" : "version " + s.getVersion() + " cversion " + s.getCversion() + " aversion " + s.getAversion()
            + " length " + s.getDataLength() + " children " + s.getNumChildren() + " ephemeral " + (s.getEphemeralOwner() != 0);
    }

    private void mutex() throws Exception {
        InterProcessMutex one = new InterProcessMutex(first, "/mutex"), two = new InterProcessMutex(second, "/mutex");
        one.acquire();
        one.acquire();
        print("mutex", one.isAcquiredInThisProcess(), two.acquire(100, TimeUnit.MILLISECONDS), one.getParticipantNodes().size());
        one.release();
        one.release();
        print("mutex", two.acquire(60, TimeUnit.SECONDS), two.getParticipantNodes().size());
        two.release();
        print("mutex", two.getParticipantNodes().size());
    }

    private void readWriteLock() throws Exception {
        InterProcessReadWriteLock one = new InterProcessReadWriteLock(first, "/rw"), two = new InterProcessReadWriteLock(second, "/rw");
        one.readLock().acquire();
        print("read write", two.readLock().acquire(60, TimeUnit.SECONDS), two.writeLock().getParticipantNodes().size());
        two.readLock().release();
        print("read write", two.writeLock().acquire(100, TimeUnit.MILLISECONDS));
        one.readLock().release();
        print("read write", two.writeLock().acquire(60, TimeUnit.SECONDS), one.readLock().acquire(100, TimeUnit.MILLISECONDS));
        two.writeLock().release();
    }

    private void semaphore() throws Exception {
        InterProcessSemaphoreV2 one = new InterProcessSemaphoreV2(first, "/semaphore", 2), two = new InterProcessSemaphoreV2(second, "/semaphore", 2);
        Collection<Lease> all = one.acquire(2);
        print("semaphore", all.size(), two.acquire(100, TimeUnit.MILLISECONDS) != null, one.getParticipantNodes().size());
        one.returnAll(all);
        Lease lease = two.acquire(60, TimeUnit.SECONDS);
        print("semaphore", lease != null);
        two.returnLease(lease);
    }

    private void leader() throws Exception {
        News news = new News();
        CountDownLatch resign = new CountDownLatch(1);
        LeaderSelector one = selector(first, "one", news, resign);
        print("leader", news.next());
        LeaderSelector two = selector(second, "two", news, new CountDownLatch(0));
        until(() -> one.getParticipants().size() == 2);
        print("leader", one.getLeader().getId(), two.hasLeadership());
        resign.countDown();
        print("leader", news.next());
        one.close();
        two.close();
    }

    private static LeaderSelector selector(CuratorFramework client, String name, News news, CountDownLatch resign) {
        LeaderSelector s = new LeaderSelector(client, "/leader", new LeaderSelectorListenerAdapter() {
            @Override
            public void takeLeadership(CuratorFramework c) throws Exception {
                news.tell(name, "leads");
                resign.await();
            }
        });
        s.setId(name);
        s.start();
        return s;
    }

    private void counters() throws Exception {
        DistributedAtomicLong one = new DistributedAtomicLong(first, "/long", new ExponentialBackoffRetry(10, 5));
        print("long", one.increment().postValue(), one.add(41L).postValue(), one.compareAndSet(1L, 2L).succeeded(), one.get().postValue());
        News news = new News();
        SharedCount shared = new SharedCount(first, "/count", 7), other = new SharedCount(second, "/count", 0);
        shared.start();
        other.start();
        until(() -> other.getCount() == 7);
        shared.addListener(new org.apache.curator.framework.recipes.shared.SharedCountListener() {
            @Override
            public void countHasChanged(org.apache.curator.framework.recipes.shared.SharedCountReader reader, int count) {
                news.tell("is", count);
            }

            @Override
            public void stateChanged(CuratorFramework c, ConnectionState s) {
            }
        });
        other.setCount(8);
        print("count", news.next(), shared.trySetCount(shared.getVersionedValue(), 9));
        shared.close();
        other.close();
    }

    private void barrier() throws Exception {
        News news = new News();
        Thread other = new Thread(() -> {
            try {
                DistributedDoubleBarrier b = new DistributedDoubleBarrier(second, "/barrier", 2);
                b.enter();
                b.leave();
                news.tell("both left");
            } catch (Exception e) {
                news.tell(e);
            }
        });
        other.start();
        DistributedDoubleBarrier b = new DistributedDoubleBarrier(first, "/barrier", 2);
        print("barrier", b.enter(60, TimeUnit.SECONDS), b.leave(60, TimeUnit.SECONDS), news.next());
    }

    private void queue() throws Exception {
        SimpleDistributedQueue in = new SimpleDistributedQueue(first, "/queue"), out = new SimpleDistributedQueue(second, "/queue");
        for (String s : Arrays.asList("a", "b", "c")) {
            in.offer(s.getBytes());
        }
        print("queue", text(out.take()), text(out.peek()), text(out.take()), text(out.poll()), text(out.poll()));
    }

    private void members() throws Exception {
        GroupMember one = new GroupMember(first, "/group", "one", "1".getBytes()), two = new GroupMember(second, "/group", "two", "2".getBytes());
        one.start();
        two.start();
        until(() -> one.getCurrentMembers().size() == 2);
        print("group", new TreeSet<>(one.getCurrentMembers().keySet()));
        two.close();
        until(() -> one.getCurrentMembers().size() == 1);
        print("group", one.getCurrentMembers().keySet());
        one.close();
    }

    private void discovery() throws Exception {
        try (ServiceDiscovery<Void> one = ServiceDiscoveryBuilder.builder(Void.class).client(first).basePath("/discovery").build();
            ServiceDiscovery<Void> two = ServiceDiscoveryBuilder.builder(Void.class).client(second).basePath("/discovery").build()) {
            one.start();
            two.start();
            ServiceInstance<Void> a = instance("a", 1), b = instance("b", 2);
            one.registerService(a);
            ServiceCache<Void> cache = two.serviceCacheBuilder().name("greet").build();
            cache.start();
            print("discovery", two.queryForNames(), cache.getInstances().size());
            one.registerService(b);
            until(() -> cache.getInstances().size() == 2);
            one.unregisterService(a);
            until(() -> cache.getInstances().size() == 1);
            print("discovery", cache.getInstances().get(0).getId(), two.queryForInstance("greet", "b").getPort(), two.queryForInstance("greet", "a"));
            Stat container = first.checkExists().forPath("/discovery/greet");
            print("discovery", container.getNumChildren(), Long.toHexString(container.getEphemeralOwner()));
            cache.close();
        }
    }

    private static ServiceInstance<Void> instance(String id, int port) throws Exception {
        return ServiceInstance.<Void>builder().name("greet").id(id).address("127.0.0.1").port(port).build();
    }

    /** The kinds of nodes and errors that no recipe above has. */
    private void kinds() throws Exception {
        print("kind", failure(() -> first.create().withTtl(1000).withMode(CreateMode.PERSISTENT_WITH_TTL).forPath("/ttl")));
        print("kind", failure(() -> first.create().withMode(CreateMode.CONTAINER).forPath("/container")));
        print("kind", failure(() -> first.create().withMode(CreateMode.EPHEMERAL).forPath("/ephemeral")));
        print("kind", failure(() -> first.create().forPath("/ephemeral/child")));
        print("kind", failure(() -> first.create().forPath("/none/child")));
        print("kind", failure(() -> first.setData().withVersion(3).forPath("/container")));
        print("kind", failure(() -> first.delete().forPath("/zookeeper")));
        print("kind", failure(() -> first.create().orSetData().forPath("/container", "set".getBytes())));
        print("kind", failure(() -> first.create().creatingParentContainersIfNeeded().withProtection()
            .withMode(CreateMode.EPHEMERAL_SEQUENTIAL).forPath("/protected/p-")).replaceAll("_c_[-0-9a-f]+-", "GUID-"));
        print("kind", failure(() -> first.create().withACL(ZooDefs.Ids.CREATOR_ALL_ACL).forPath("/mine")));
        print("kind", failure(() -> first.getACL().forPath("/container")));
        print("kind", failure(() -> first.delete().guaranteed().deletingChildrenIfNeeded().forPath("/tx")));
        print("kind", failure(() -> first.getConfig().forEnsemble()) .equals("returned null") ? "null" : "there");
    }

    private void access() throws Exception {
        print("access", failure(() -> known.create().withACL(ZooDefs.Ids.CREATOR_ALL_ACL).forPath("/mine", "m".getBytes())));
        print("access", failure(() -> known.getACL().forPath("/mine")), text(known.getData().forPath("/mine")));
        print("access", failure(() -> first.getData().forPath("/mine")), failure(() -> first.getACL().forPath("/mine")),
            failure(() -> first.create().forPath("/mine/child")), failure(() -> first.checkExists().forPath("/mine") != null));
        print("access", failure(() -> known.setACL().withACL(ZooDefs.Ids.READ_ACL_UNSAFE).forPath("/mine") != null),
            text(first.getData().forPath("/mine")), failure(() -> first.setData().forPath("/mine")));
        print("access", failure(() -> first.delete().forPath("/mine")));
        News news = new News();
        CuratorFramework inside = first.usingNamespace("space");
        inside.create().creatingParentsIfNeeded().forPath("/a/b");
        inside.getChildren().usingWatcher((Watcher) e -> news.tell(e.getType(), e.getPath())).forPath("/a");
        second.create().forPath("/space/a/c");
        print("namespace", news.next(), new TreeSet<>(inside.getChildren().forPath("/a")));
    }

    /** Another ends the session of the first client. */
    private void session() throws Exception {
        News changes = new News();
        CuratorCache cache = CuratorCache.build(first, "/space");
        cache.listenable().addListener((type, was, is) -> {
            if (type == CuratorCacheListener.Type.NODE_CHANGED) {
                changes.tell(is.getPath(), text(was.getData()), text(is.getData()));
            }
        });
        cache.start();
        until(() -> cache.size() == 4);
        PersistentNode node = new PersistentNode(first, CreateMode.EPHEMERAL, false, "/persistent", "me".getBytes());
        node.start();
        node.waitForInitialCreate(60, TimeUnit.SECONDS);
        Stat stat = second.checkExists().forPath("/persistent");
        second.delete().forPath("/persistent");
        until(() -> second.checkExists().forPath("/persistent") != null);
        print("persistent node", "back after a delete", text(second.getData().forPath("/persistent")));
        News news = new News();
        first.getConnectionStateListenable().addListener((c, s) -> news.tell(s));
        InterProcessMutex mutex = new InterProcessMutex(first, "/lost");
        mutex.acquire();
        print("KILL", Long.toHexString(stat.getEphemeralOwner()));
        print("session", news.next(), news.next(), news.next());
        until(() -> {
            Stat now = second.checkExists().forPath("/persistent");
            return now != null && now.getEphemeralOwner() != stat.getEphemeralOwner();
        });
        second.setData().forPath("/space/a", "after".getBytes());
        print("session", "a cache follows", changes.next());
        cache.close();
        print("persistent node", "back with another session", text(second.getData().forPath("/persistent")));
        InterProcessMutex other = new InterProcessMutex(second, "/lost");
        print("session", "its lock is free", other.acquire(60, TimeUnit.SECONDS));
        print("session", "its ephemeral", second.checkExists().forPath("/ephemeral"));
        other.release();
        node.close();
        print("persistent node", "closed", second.checkExists().forPath("/persistent"));
    }
}

package lab.kafka;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;

import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.TopicPartitionInfo;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.common.utils.AppInfoParser;

/**
 * A client of one topic. Its arguments are the brokers and the topic; it prints the row
 *
 * <pre>
 * PEER  kafka VERSION, java VERSION
 * </pre>
 *
 * and then answers each line of its input with one row of fields between tabs:
 * <pre>
 * create PARTITIONS REPLICAS  CREATED  LEADERS REPLICAS INSYNC   when each partition has a leader and all in sync
 * describe                    TOPIC    LEADERS REPLICAS INSYNC   as the brokers tell it now
 * start                       STARTED                            numbered messages are sent until stop
 * count                       ACKED    COUNT
 * stop                        STOPPED  ACKED FAILED              when each message sent is acknowledged or failed
 * consume                     CONSUMED DISTINCT LOST STRAY       from the first message to the last
 * </pre>
 * LEADERS, REPLICAS and INSYNC have for each partition broker ids, partitions between ";". LOST is how
 * many acknowledged messages were not read, STRAY how many were read that nobody sent.
 */
public final class Client {
    /** Messages that may be under way: enough to keep all partitions busy. */
    private static final int WINDOW = 200;

    private final String brokers;
    private final String topic;
    private final Admin admin;
    private Load load;

    private Client(String brokers, String topic) {
        this.brokers = brokers;
        this.topic = topic;
        this.admin = Admin.create(properties());
    }

    public static void main(String[] args) throws Exception {
        print("PEER", "kafka " + AppInfoParser.getVersion() + ", java " + System.getProperty("java.version"));
        Client client = new Client(args[0], args[1]);
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in));
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            client.answer(line.split(" "));
        }
        System.exit(0);
    }

    private static void print(Object... fields) {
        List<String> row = new ArrayList<>();
        for (Object field : fields) {
            row.add(String.valueOf(field).replaceAll("[\\t\\r\\n]+", " "));
        }
        System.out.println(String.join("\t", row));
    }

    private void answer(String[] words) {
        try {
            switch (words[0]) {
                case "create":
                    create(Integer.parseInt(words[1]), Short.parseShort(words[2]));
                    break;
                case "describe":
                    describe("TOPIC");
                    break;
                case "start":
                    load = new Load();
                    load.start();
                    print("STARTED");
                    break;
                case "count":
                    print("ACKED", load.acked());
                    break;
                case "stop":
                    load.finish();
                    print("STOPPED", load.acked(), load.failed.get());
                    break;
                case "consume":
                    consume();
                    break;
                default:
                    print("UNKNOWN", words[0]);
            }
        } catch (Exception e) {
            print("FAILED", words[0], e);
        }
    }

    private Properties properties() {
        Properties p = new Properties();
        p.put("bootstrap.servers", brokers);
        return p;
    }

    private void create(int partitions, short replicas) throws Exception {
        NewTopic wanted = new NewTopic(topic, partitions, replicas);
        admin.createTopics(Collections.singleton(wanted)).all().get();
        for (;;) {
            try {
                List<TopicPartitionInfo> made = described();
                if (made.size() == partitions && made.stream().allMatch(p -> p.leader() != null && p.isr().size() == replicas)) {
                    describe("CREATED");
                    return;
                }
            } catch (ExecutionException e) {
                // This broker has not heard of the topic yet.
            }
            Thread.sleep(50);
        }
    }

    private List<TopicPartitionInfo> described() throws Exception {
        Map<String, TopicDescription> all = admin.describeTopics(Collections.singleton(topic)).allTopicNames().get();
        return all.get(topic).partitions();
    }

    private void describe(String word) throws Exception {
        List<TopicPartitionInfo> list = described();
        print(word, list.stream().map(p -> p.leader() == null ? "none" : p.leader().idString()).collect(Collectors.joining(";")),
            list.stream().map(p -> ids(p.replicas())).collect(Collectors.joining(";")),
            list.stream().map(p -> ids(p.isr())).collect(Collectors.joining(";")));
    }

    private static String ids(List<Node> nodes) {
        return nodes.stream().map(n -> n.idString()).sorted().collect(Collectors.joining(","));
    }

    /** Sends numbered messages until it is told to finish. */
    private final class Load extends Thread {
        final AtomicInteger failed = new AtomicInteger();
        private final BitSet acked = new BitSet();
        private final Semaphore window = new Semaphore(WINDOW);
        private volatile boolean finishing;
        private int sent;

        @Override
        public void run() {
            Properties p = properties();
            p.put("acks", "all");
            p.put("key.serializer", StringSerializer.class.getName());
            p.put("value.serializer", StringSerializer.class.getName());
            try (KafkaProducer<String, String> producer = new KafkaProducer<>(p)) {
                for (; !finishing; sent++) {
                    int number = sent;
                    window.acquireUninterruptibly();
                    producer.send(new ProducerRecord<>(topic, "key " + number, Integer.toString(number)), (meta, e) -> {
                        window.release();
                        if (e != null) {
                            failed.incrementAndGet();
                            return;
                        }
                        synchronized (acked) {
                            acked.set(number);
                        }
                    });
                    Thread.sleep(1);
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }

        int acked() {
            synchronized (acked) {
                return acked.cardinality();
            }
        }

        void finish() throws InterruptedException {
            finishing = true;
            join();
        }
    }

    private void consume() {
        BitSet read = new BitSet();
        int stray = 0;
        Properties p = properties();
        p.put("key.deserializer", StringDeserializer.class.getName());
        p.put("value.deserializer", StringDeserializer.class.getName());
        try (KafkaConsumer<String, String> consumer = new KafkaConsumer<>(p)) {
            List<TopicPartition> all = consumer.partitionsFor(topic).stream()
                .map(i -> new TopicPartition(i.topic(), i.partition())).collect(Collectors.toList());
            Map<TopicPartition, Long> ends = consumer.endOffsets(all);
            consumer.assign(all);
            consumer.seekToBeginning(all);
            while (all.stream().anyMatch(part -> consumer.position(part) < ends.get(part))) {
                for (ConsumerRecord<String, String> r : consumer.poll(Duration.ofMillis(200))) {
                    int number = Integer.parseInt(r.value());
                    if (number >= load.sent || !r.key().equals("key " + number)) {
                        stray++;
                        continue;
                    }
                    read.set(number);
                }
            }
        }
        BitSet lost = (BitSet) load.acked.clone();
        lost.andNot(read);
        print("CONSUMED", read.cardinality(), lost.cardinality(), stray);
    }
}

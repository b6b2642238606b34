/* Words.java -- what reaches malloc in a Java program: the compiler threads, direct buffers,
 * (de)compressors, and threads that come and go. Native blocks are made by one thread and freed by
 * the cleaner's. */

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.IntSupplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.zip.CRC32;
import java.util.zip.Deflater;
import java.util.zip.Inflater;

public class Words {
    /** A generator whose numbers are the same everywhere. */
    static final class Random {
        private int seed;

        Random(int seed) {
            this.seed = seed;
        }

        int below(int n) {
            seed = (seed * 1103515245 + 12345) & 0x7fffffff;
            return (seed >>> 8) % n;
        }

        String word() {
            StringBuilder text = new StringBuilder();
            for (int i = 2 + below(9); i > 0; i--) {
                text.append((char) ('a' + below(26)));
            }
            return text.toString();
        }
    }

    record Entry(String word, int count) implements Comparable<Entry> {
        public int compareTo(Entry other) {
            return count != other.count ? other.count - count : word.compareTo(other.word);
        }
    }

    static String checksum(byte[] data) {
        CRC32 crc = new CRC32();
        crc.update(data);
        return Long.toHexString(crc.getValue());
    }

    static String dictionary(int seed, int words) {
        Random random = new Random(seed);
        Map<String, Integer> count = new TreeMap<>();
        for (int i = 0; i < words; i++) {
            count.merge(random.word(), 1, Integer::sum);
        }
        return count.entrySet().stream().map(e -> new Entry(e.getKey(), e.getValue())).sorted()
                .map(Entry::toString).collect(Collectors.joining("\n"));
    }

    /** Compresses and expands; each Deflater and Inflater is a native block of some 100 KiB. */
    static byte[] roundTrip(byte[] data) throws Exception {
        Deflater deflater = new Deflater();
        deflater.setInput(data);
        deflater.finish();
        byte[] packed = new byte[data.length + 1000];
        int length = deflater.deflate(packed);
        deflater.end();
        Inflater inflater = new Inflater();
        inflater.setInput(packed, 0, length);
        byte[] back = new byte[data.length];
        inflater.inflate(back);
        inflater.end();
        return back;
    }

    /** Direct buffers of mixed sizes, dropped in any order and freed by the cleaner thread. */
    static long buffers(int seed, int number) {
        Random random = new Random(seed);
        ByteBuffer[] kept = new ByteBuffer[100];
        long sum = 0;
        for (int i = 0; i < number; i++) {
            int size = 16 + random.below(1 << (5 + random.below(13)));
            ByteBuffer buffer = ByteBuffer.allocateDirect(size);
            if (buffer.getLong(size - 8) != 0) {
                throw new IllegalStateException("a new direct buffer is not zero");
            }
            buffer.putLong(size - 8, i);
            ByteBuffer old = kept[i % 100];
            if (old != null) {
                sum = sum * 31 + old.getLong(old.capacity() - 8) + old.capacity();
            }
            kept[i % 100] = buffer;
        }
        return sum;
    }

    static String job(int seed) throws Exception {
        byte[] text = dictionary(seed, 6000).getBytes();
        return seed + " " + checksum(roundTrip(text)) + " " + buffers(seed, 1500);
    }

    public static void main(String[] args) throws Exception {
        System.out.println("dictionary " + checksum(dictionary(1, 60000).getBytes()));
        IntSupplier squares = () -> IntStream.range(0, 100000).parallel().map(i -> i % 7 * i % 11).sum();
        System.out.println("parallel " + squares.getAsInt());
        ExecutorService pool = Executors.newFixedThreadPool(4);
        List<Callable<String>> jobs = new ArrayList<>();
        for (int i = 0; i < 24; i++) {
            int seed = i;
            jobs.add(() -> job(seed));
        }
        for (Future<String> answer : pool.invokeAll(jobs)) {
            System.out.println("job " + answer.get());
        }
        pool.shutdown();
        for (int round = 0; round < 20; round++) {
            Thread[] brief = new Thread[10];
            for (int i = 0; i < brief.length; i++) {
                int seed = i;
                brief[i] = new Thread(() -> buffers(seed, 30));
                brief[i].start();
            }
            for (Thread thread : brief) {
                thread.join();
            }
            System.gc();
        }
        System.out.println("done");
    }
}

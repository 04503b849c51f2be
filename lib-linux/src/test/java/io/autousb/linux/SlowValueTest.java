package io.autousb.linux;

import static org.assertj.core.api.Assertions.assertThat;

import io.autousb.linux.SlowValue.Answer;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class SlowValueTest {

    private static final Deadline LONG = Deadline.after(Duration.ofSeconds(30));
    private static final Deadline NOW = Deadline.after(Duration.ZERO);

    private final Queue<Runnable> work = new ArrayDeque<>();
    private final AtomicInteger reads = new AtomicInteger();
    private final AtomicInteger news = new AtomicInteger();
    private final Haste haste = new Haste();
    private final SlowValue<Integer> value =
            new SlowValue<>(haste, reads::incrementAndGet, work::add, news::incrementAndGet, e -> {});

    @Test
    void await_whenNothingWasAskedFor_doesNotWait() {
        assertThat(value.await(NOW, haste.count())).isEqualTo(Answer.THERE);
        assertThat(value.value()).isNull();
    }

    @Test
    void await_whenTheValueComesInTime_tellsNoNews() {
        value.request();
        work.remove().run();
        assertThat(value.await(NOW, haste.count())).isEqualTo(Answer.THERE);
        assertThat(value.value()).isEqualTo(1);
        assertThat(news).hasValue(0);
    }

    @Test
    void await_whenTheValueIsLate_tellsNewsOnce() {
        value.request();
        assertThat(value.await(NOW, haste.count())).isEqualTo(Answer.LATE);
        assertThat(value.await(NOW, haste.count())).isEqualTo(Answer.LATE);
        work.remove().run();
        assertThat(news).hasValue(1);
        value.request();
        work.remove().run();
        assertThat(news).hasValue(1);
        assertThat(value.value()).isEqualTo(2);
    }

    @Test
    void await_whenThereWasHasteSinceTheLookBegan_doesNotWait() {
        long calm = haste.count();
        value.request();
        haste.urge();
        assertThat(value.await(LONG, calm)).isEqualTo(Answer.PUT_OFF);
        assertThat(value.await(LONG, Haste.NOW)).isEqualTo(Answer.PUT_OFF);
        work.remove().run();
        assertThat(news).hasValue(1);
        assertThat(value.await(NOW, calm)).isEqualTo(Answer.THERE);
    }

    @Test
    void await_whenReadingFails_keepsTheValueUntilAnotherIsNews() {
        AtomicInteger troubles = new AtomicInteger();
        Queue<Integer> answers = new ArrayDeque<>(List.of(1, -1, 3));
        SlowValue<Integer> fickle = new SlowValue<>(
                haste,
                () -> {
                    int answer = answers.remove();
                    if (answer < 0) {
                        throw new IOException("Too many open files");
                    }
                    return answer;
                },
                Runnable::run,
                news::incrementAndGet,
                e -> troubles.incrementAndGet());
        fickle.request();
        fickle.requestIfFailed();
        assertThat(answers).hasSize(2);
        fickle.request();
        assertThat(fickle.await(NOW, haste.count())).isEqualTo(Answer.FAILED);
        assertThat(fickle.value()).isEqualTo(1);
        assertThat(troubles).hasValue(1);
        fickle.requestIfFailed();
        assertThat(fickle.await(NOW, haste.count())).isEqualTo(Answer.THERE);
        assertThat(fickle.value()).isEqualTo(3);
        assertThat(news).hasValue(1);
    }

    @Test
    void request_whenOneIsPending_readsAgainWithTheSameWorker() {
        value.request();
        value.request();
        value.request();
        assertThat(work).hasSize(1);
        work.remove().run();
        assertThat(value.value()).isEqualTo(2);
        assertThat(value.await(NOW, haste.count())).isEqualTo(Answer.THERE);
    }

    @Test
    void execute_whenManyHang_stillRunsOthersAndThenAll() throws InterruptedException {
        try (Workers workers = new Workers("autousb-test")) {
            CountDownLatch hang = new CountDownLatch(1);
            CountDownLatch hanging = new CountDownLatch(31);
            for (int i = 0; i < 31; i++) {
                workers.execute(() -> {
                    hanging.countDown();
                    awaitUninterrupted(hang);
                });
            }
            assertThat(hanging.await(30, TimeUnit.SECONDS)).isTrue();
            List<CountDownLatch> done = new ArrayList<>();
            for (int i = 0; i < 100; i++) {
                CountDownLatch one = new CountDownLatch(1);
                done.add(one);
                workers.execute(one::countDown);
            }
            for (CountDownLatch one : done) {
                assertThat(one.await(30, TimeUnit.SECONDS)).isTrue();
            }
            hang.countDown();
        }
    }

    @Test
    void await_whenAnotherThreadReads_waitsForIt() {
        try (Workers workers = new Workers("autousb-test")) {
            SlowValue<String> slow = new SlowValue<>(haste, () -> "read", workers, news::incrementAndGet, e -> {});
            slow.request();
            assertThat(slow.await(LONG, haste.count())).isEqualTo(Answer.THERE);
            assertThat(slow.value()).isEqualTo("read");
        }
    }

    private static void awaitUninterrupted(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}

package org.strongroom.core.transfer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class ReadAheadTest {
	@Test
	void partsComeInTheirOrder() throws IOException {
		var number = new AtomicInteger();
		try (var parts = new ReadAhead(buffer -> {
			buffer.clear();
			if (number.get() == 5)
				return -1;
			buffer.putInt(number.getAndIncrement());
			return Integer.BYTES;
		})) {
			for (int i = 0; i < 5; i++)
				assertThat(parts.next().flip().getInt()).isEqualTo(i);
			assertThat(parts.next()).isNull();
		}
	}

	@Test
	void theNextPartIsReadWhileTheOneBeforeIsInUse() throws Exception {
		var reading = new CountDownLatch(2);
		try (var parts = new ReadAhead(buffer -> {
			reading.countDown();
			buffer.clear().put((byte) 1);
			return 1;
		})) {
			assertThat(parts.next().position()).isEqualTo(1);
			reading.await();
		}
	}

	@Test
	void whatFailsIsToldAfterWhatCameBefore() throws IOException {
		var reads = new AtomicInteger();
		try (var parts = new ReadAhead(buffer -> {
			if (reads.incrementAndGet() == 2)
				throw new IOException("cut off");
			buffer.clear().put((byte) 7);
			return 1;
		})) {
			assertThat(parts.next().flip().get()).isEqualTo((byte) 7);
			assertThatThrownBy(parts::next).isInstanceOf(IOException.class).hasMessage("cut off");
		}
	}

	@Test
	void closingEndsAReadingThatWaits() throws Exception {
		var begun = new CountDownLatch(1);
		var interrupted = new CountDownLatch(1);
		var parts = new ReadAhead(_ -> {
			begun.countDown();
			try {
				new CountDownLatch(1).await();
			} catch (InterruptedException e) {
				interrupted.countDown();
				throw new InterruptedIOException();
			}
			return -1;
		});
		begun.await();
		parts.close();
		interrupted.await();
	}

	@Test
	void anInterruptEndsTheWait() throws IOException {
		try (var parts = new ReadAhead(_ -> {
			try {
				new CountDownLatch(1).await();
			} catch (InterruptedException e) {
				throw new InterruptedIOException();
			}
			return -1;
		})) {
			Thread.currentThread().interrupt();
			assertThatThrownBy(parts::next).isInstanceOf(InterruptedIOException.class);
			assertThat(Thread.interrupted()).isTrue();
		}
	}
}

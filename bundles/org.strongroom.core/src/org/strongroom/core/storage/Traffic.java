package org.strongroom.core.storage;

/**
 * What passed between this process and a server, in a while or so far.
 *
 * @param roundTrips the longest chain of requests that had to wait for each other, as seen by the thread that asks: how often the length of the way counted
 * @param requests messages sent that ask for an answer
 * @param sent bytes of the protocol's messages to the server, without what encryption adds
 * @param received bytes of its answers
 */
public record Traffic(long roundTrips, long requests, long sent, long received) {
	/** Nothing; also the answer of storages that do not count. */
	public static final Traffic NONE = new Traffic(0, 0, 0, 0);

	/** What has come since an earlier count of the same storage by the same thread. */
	public Traffic minus(Traffic earlier) {
		return new Traffic(roundTrips - earlier.roundTrips, requests - earlier.requests, sent - earlier.sent, received - earlier.received);
	}

	/** This and what passed over another connection, in the same thread's work. */
	public Traffic plus(Traffic other) {
		return new Traffic(Math.max(roundTrips, other.roundTrips), requests + other.requests, sent + other.sent, received + other.received);
	}
}

package org.strongroom.core.storage;

import java.time.Duration;

/**
 * What it took to connect and sign in.
 *
 * @param roundTrips how often the server had to be waited for, one after the other, from the connection of the network to the first moment that files can be asked for
 * @param time all the time it took, that in which a person was asked included
 */
public record SignInCost(long roundTrips, Duration time) {
}

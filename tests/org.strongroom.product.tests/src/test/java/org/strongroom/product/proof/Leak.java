package org.strongroom.product.proof;

import java.util.Set;

/**
 * A place where a canary was found, or where one could lie unseen.
 *
 * @param where a file, a socket, or a call and its place
 * @param forms how it is written there, or what hides it
 */
record Leak(String where, Set<String> forms) {
}

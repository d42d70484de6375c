/**
 * The one {@code java.nio.file} file system over all protocols. Nobody compiles against this package: consumers use
 * {@code java.nio.file} and {@code org.strongroom.core.storage}, and get a file system from the service
 * {@link org.strongroom.core.storage.StorageFileSystems}.
 * <ul>
 * <li>{@link org.strongroom.remotefs.internal.RemoteFileSystemProvider} maps NIO's calls to the storage's.</li>
 * <li>{@link org.strongroom.remotefs.internal.AttributeCache} answers what follows from a listing at hand.</li>
 * <li>{@link org.strongroom.remotefs.internal.RemoteFileChannel} reads through a {@link org.strongroom.remotefs.internal.ServerFile}
 * (ranges, read-ahead) and writes into a {@link org.strongroom.remotefs.internal.Draft}, which becomes the file when the channel is closed.</li>
 * <li>{@link org.strongroom.remotefs.internal.Spool} keeps what was written but not sent: in memory, and behind a limit encrypted on disk.</li>
 * </ul>
 */
package org.strongroom.remotefs.internal;

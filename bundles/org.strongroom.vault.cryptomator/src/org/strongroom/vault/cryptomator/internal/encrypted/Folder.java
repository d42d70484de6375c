package org.strongroom.vault.cryptomator.internal.encrypted;

import java.nio.file.Path;

/**
 * A readable folder, as it is kept: wherever its entry lies, its items lie in a folder that its id alone names.
 *
 * @param id of the folder, empty for the root
 * @param content the encrypted folder that holds its items' entries: {@code d/XX/YYY…}
 */
public record Folder(String id, Path content) {
}

/** Editors and viewers for files of sessions: text, pictures, and a preview of anything else. */
package org.strongroom.editors;

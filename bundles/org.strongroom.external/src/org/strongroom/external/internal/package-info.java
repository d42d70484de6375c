/** Where readable copies lie. */
package org.strongroom.external.internal;

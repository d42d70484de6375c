/** An embedded server with two-factor sign-in and a sample vault. */
package org.strongroom.demo;

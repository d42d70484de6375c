package org.strongroom.storage.webdav.internal;

import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.Objects;
import java.util.Optional;

import org.eclipse.core.net.proxy.IProxyData;
import org.eclipse.core.net.proxy.IProxyService;
import org.osgi.framework.BundleContext;
import org.osgi.framework.FrameworkUtil;
import org.osgi.framework.ServiceReference;
import org.strongroom.core.storage.ConnectionException;

/** The way to a server: what Eclipse's network preferences say, or the system where Eclipse's proxy service is not there. Proxies that speak HTTP are used, SOCKS is not; they are signed in to by Basic alone. */
public final class Proxies {
	/** @param authorization what the proxy is told in {@code Proxy-Authorization} (RFC 9110, 11.7.2) */
	public record Way(ProxySelector selector, Optional<String> authorization) {
		/** Through no proxy. */
		public static final Way DIRECT = new Way(HttpClient.Builder.NO_PROXY, Optional.empty());

		/** Whether this way goes through no proxy to a server. */
		public boolean isDirect(URI origin) {
			return selector.select(origin).stream().allMatch(p -> p.type() == Proxy.Type.DIRECT);
		}
	}

	private static final String TUNNELING = "jdk.http.auth.tunneling.disabledSchemes";

	static {
		// The JDK sends no user and password to a proxy for a tunnel unless told so. Here they are sent only if somebody has entered them for that proxy.
		if (System.getProperty(TUNNELING) == null)
			System.setProperty(TUNNELING, "");
	}

	private Proxies() {
	}

	/**
	 * The way to a server as it is now. Asks no server.
	 *
	 * @param origin scheme, host and port
	 * @throws ConnectionException if the preferences name a SOCKS proxy alone: another way than that one is not taken silently
	 */
	public static Way to(URI origin) throws ConnectionException {
		Optional<Way> way;
		try {
			way = Eclipse.to(origin);
		} catch (NoClassDefFoundError e) {
			way = Optional.empty(); // Eclipse's bundle is optional
		}
		return way.orElseGet(() -> new Way(Optional.ofNullable(ProxySelector.getDefault()).orElse(HttpClient.Builder.NO_PROXY), Optional.empty()));
	}

	/** All that needs Eclipse's classes. */
	private static final class Eclipse {
		/** Empty if there is no such service. */
		static Optional<Way> to(URI origin) throws ConnectionException {
			BundleContext context = FrameworkUtil.getBundle(Proxies.class).getBundleContext();
			ServiceReference<IProxyService> reference = context.getServiceReference(IProxyService.class);
			IProxyService service = reference == null ? null : context.getService(reference);
			if (service == null)
				return Optional.empty();
			try {
				Optional<IProxyData> proxy = Arrays.stream(service.select(origin)).filter(p -> p.getHost() != null && !isSocks(p)).findFirst();
				if (proxy.isEmpty() && Arrays.stream(service.getProxyDataForHost(origin.getHost())).anyMatch(p -> p.getHost() != null && isSocks(p)))
					throw new ConnectionException("The network preferences name a SOCKS proxy for %s, which Strongroom does not speak with: name an HTTP proxy, or exempt the server.".formatted(origin.getHost()));
				return Optional.of(proxy.map(p -> new Way(ProxySelector.of(InetSocketAddress.createUnresolved(p.getHost(), port(p))), authorization(p))).orElse(Way.DIRECT));
			} finally {
				context.ungetService(reference);
			}
		}

		private static boolean isSocks(IProxyData proxy) {
			return proxy.getType().equals(IProxyData.SOCKS_PROXY_TYPE);
		}

		private static Optional<String> authorization(IProxyData proxy) {
			return proxy.isRequiresAuthentication() && proxy.getUserId() != null
					? Optional.of("Basic " + Base64.getEncoder().encodeToString((proxy.getUserId() + ":" + Objects.requireNonNullElse(proxy.getPassword(), "")).getBytes(StandardCharsets.UTF_8)))
					: Optional.empty();
		}

		/** Eclipse writes -1 for the usual one. */
		private static int port(IProxyData proxy) {
			return proxy.getPort() > 0 ? proxy.getPort() : 80;
		}
	}
}

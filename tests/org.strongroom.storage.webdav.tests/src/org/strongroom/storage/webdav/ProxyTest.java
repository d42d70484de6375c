package org.strongroom.storage.webdav;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.strongroom.storage.webdav.OddServer.folder;
import static org.strongroom.storage.webdav.OddServer.multistatus;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Hashtable;
import java.util.Map;
import java.util.concurrent.TimeUnit;

import org.eclipse.core.net.proxy.IProxyData;
import org.eclipse.core.net.proxy.IProxyService;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.osgi.framework.Constants;
import org.osgi.framework.FrameworkUtil;
import org.osgi.framework.ServiceRegistration;
import org.osgi.util.tracker.ServiceTracker;
import org.strongroom.core.storage.ConnectionException;
import org.strongroom.core.storage.Storage;
import org.strongroom.testing.Person;

/** Servers behind a proxy, by Eclipse's network preferences. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class ProxyTest {
	@TempDir
	Path temp;
	private final ServiceTracker<IProxyService, IProxyService> tracker = new ServiceTracker<>(FrameworkUtil.getBundle(ProxyTest.class).getBundleContext(), IProxyService.class, null);
	private IProxyService preferences;
	private String[] exempt;
	private OddServer proxy;

	@BeforeEach
	void start() throws Exception {
		Servers.settle(temp);
		proxy = new OddServer().on("PROPFIND", multistatus(folder("/")));
		tracker.open();
		preferences = tracker.waitForService(30_000);
		exempt = preferences.getNonProxiedHosts();
		preferences.setProxiesEnabled(true);
		preferences.setSystemProxiesEnabled(false);
		IProxyData http = preferences.getProxyData(IProxyData.HTTP_PROXY_TYPE);
		http.setHost("127.0.0.1");
		http.setPort(proxy.uri().getPort());
		preferences.setProxyData(new IProxyData[] { http });
	}

	@AfterEach
	void stop() throws Exception {
		IProxyData http = preferences.getProxyData(IProxyData.HTTP_PROXY_TYPE);
		http.disable();
		preferences.setProxyData(new IProxyData[] { http });
		preferences.setNonProxiedHosts(exempt);
		preferences.setSystemProxiesEnabled(true);
		tracker.close();
		proxy.close();
	}

	private Storage connect(URI uri) throws Exception {
		return Servers.connect(Servers.bookmark(uri, "me", Map.of()), new Person());
	}

	@Test
	void theWayLeadsThroughIt() throws Exception {
		preferences.setNonProxiedHosts(new String[0]);
		try (Storage storage = connect(URI.create("http://files.invalid:80"))) {
			assertThat(Servers.list(storage, "/")).isEmpty();
		}
		assertThat(proxy.seen("PROPFIND")).hasSize(2).allSatisfy(seen -> assertThat(seen.headers().getFirst("Host")).isEqualTo("files.invalid"));
	}

	@Test
	void aProxyThatCannotBeSpokenWithIsNotPassedBy() throws Exception {
		preferences.setNonProxiedHosts(new String[0]);
		IProxyData http = preferences.getProxyData(IProxyData.HTTP_PROXY_TYPE);
		http.disable();
		IProxyData socks = preferences.getProxyData(IProxyData.SOCKS_PROXY_TYPE);
		socks.setHost("127.0.0.1");
		socks.setPort(proxy.uri().getPort());
		preferences.setProxyData(new IProxyData[] { http, socks });
		try (var server = new OddServer().on("PROPFIND", multistatus(folder("/")))) {
			// this machine by an address that is no loopback address
			assertThatThrownBy(() -> connect(URI.create("http://0.0.0.0:" + server.uri().getPort()))).isInstanceOf(ConnectionException.class).hasMessageContaining("SOCKS");
			assertThat(server.seen()).isEmpty();
		} finally {
			socks.disable();
			preferences.setProxyData(new IProxyData[] { socks });
		}
	}

	@Test
	void aProxyThatWantsUserAndPassword() throws Exception {
		preferences.setNonProxiedHosts(new String[0]);
		String right = "Basic " + Base64.getEncoder().encodeToString("clerk:lösung".getBytes(StandardCharsets.UTF_8));
		proxy.on("PROPFIND", e -> {
			if (right.equals(e.getRequestHeaders().getFirst("Proxy-Authorization")))
				multistatus(folder("/")).answer(e);
			else {
				e.getResponseHeaders().set("Proxy-Authenticate", "Basic realm=\"work\"");
				OddServer.status(e, 407);
			}
		});
		assertThatThrownBy(() -> connect(URI.create("http://files.invalid:80"))).isInstanceOf(ConnectionException.class).hasMessageContaining("wants user and password");
		ServiceRegistration<IProxyService> entered = enter("clerk", "lösung");
		try (Storage storage = connect(URI.create("http://files.invalid:80"))) {
			assertThat(Servers.list(storage, "/")).isEmpty();
		} finally {
			entered.unregister();
		}
		entered = enter("clerk", "falsch");
		try {
			assertThatThrownBy(() -> connect(URI.create("http://files.invalid:80"))).isInstanceOf(ConnectionException.class).hasMessageContaining("does not accept user and password")
					.hasMessageNotContaining("falsch");
		} finally {
			entered.unregister();
		}
	}

	/** Eclipse keeps them in Secure Storage, which asks the desktop's keyring: here they come with the rest of the preferences. */
	private ServiceRegistration<IProxyService> enter(String user, String password) {
		InvocationHandler known = (_, method, arguments) -> {
			Object told = method.invoke(preferences, arguments);
			if (method.getName().equals("select"))
				for (IProxyData proxy : (IProxyData[]) told) {
					proxy.setUserid(user);
					proxy.setPassword(password);
				}
			return told;
		};
		var service = (IProxyService) Proxy.newProxyInstance(preferences.getClass().getClassLoader(), new Class<?>[] { IProxyService.class }, known);
		return FrameworkUtil.getBundle(ProxyTest.class).getBundleContext().registerService(IProxyService.class, service, new Hashtable<>(Map.of(Constants.SERVICE_RANKING, 1)));
	}

	@Test
	void aProxyThatIsNotThereIsNamed() throws Exception {
		preferences.setNonProxiedHosts(new String[0]);
		proxy.close();
		assertThatThrownBy(() -> connect(URI.create("http://files.invalid:80"))).isInstanceOf(ConnectionException.class)
				.hasMessage("The proxy 127.0.0.1:%d, by which the network settings reach files.invalid, cannot be reached: check them.".formatted(proxy.uri().getPort()));
	}

	@Test
	void butNotToThisMachine() throws Exception {
		preferences.setNonProxiedHosts(new String[0]);
		try (var server = new OddServer().on("PROPFIND", multistatus(folder("/"))); Storage storage = connect(server.uri())) {
			assertThat(Servers.list(storage, "/")).isEmpty();
			assertThat(server.seen("PROPFIND")).hasSize(2);
		}
		assertThat(proxy.seen()).isEmpty();
	}

	@Test
	void andNotToTheServersThatAreExempt() throws Exception {
		preferences.setNonProxiedHosts(new String[] { "0.0.0.0" });
		// this machine by an address that is no loopback address
		try (var server = new OddServer().on("PROPFIND", multistatus(folder("/"))); Storage storage = connect(URI.create("http://0.0.0.0:" + server.uri().getPort()))) {
			assertThat(Servers.list(storage, "/")).isEmpty();
			assertThat(server.seen("PROPFIND")).hasSize(2);
		}
		assertThat(proxy.seen()).isEmpty();
	}
}

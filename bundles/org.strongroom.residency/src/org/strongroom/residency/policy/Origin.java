package org.strongroom.residency.policy;

/** Whose policy it is. */
public enum Origin {
	/** The administrator's, for everybody on this machine. */
	MACHINE("the policy of this machine"),
	/** The administrator's, for whoever has a plug-in installed. */
	PLUG_IN("the policy of a plug-in"),
	/** The person's own, in Strongroom's home. */
	OWN("your own policy");

	private final String words;

	Origin(String words) {
		this.words = words;
	}

	/** In words that go on from <i>by</i>. */
	public String words() {
		return words;
	}
}

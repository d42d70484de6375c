package org.strongroom.ui.internal.external;

import java.io.IOException;

import org.strongroom.efs.SessionFile;
import org.strongroom.efs.Snapshot;
import org.strongroom.external.Loan;

/** What another program has made of a file, on its way back. All of it may wait for the server, and is not for the UI thread, but for {@link #file} and {@link #program}. */
interface Returning {
	/** Where it belongs. */
	SessionFile file();

	/** Who has made it. */
	String program();

	/** Saves it over what it was made of. @return whether there was something to save */
	boolean save() throws IOException;

	/** Saves it over what is there. */
	void saveOver(Snapshot there) throws IOException;

	/** Saves it in a new file. */
	void saveAs(SessionFile other) throws IOException;

	/** What a program that has a copy has saved last. */
	static Returning of(Loan loan) {
		return new Returning() {
			@Override
			public SessionFile file() {
				return loan.file();
			}

			@Override
			public String program() {
				return loan.program();
			}

			@Override
			public boolean save() throws IOException {
				return loan.save();
			}

			@Override
			public void saveOver(Snapshot there) throws IOException {
				loan.saveOver(there);
			}

			@Override
			public void saveAs(SessionFile other) throws IOException {
				loan.saveAs(other, Snapshot.ABSENT);
			}
		};
	}

	/** What was kept. @param content not copied */
	static Returning of(SessionFile file, String program, byte[] content, Snapshot expected) {
		return new Returning() {
			@Override
			public SessionFile file() {
				return file;
			}

			@Override
			public String program() {
				return program;
			}

			@Override
			public boolean save() throws IOException {
				file.save(content, expected);
				return true;
			}

			@Override
			public void saveOver(Snapshot there) throws IOException {
				file.save(content, there);
			}

			@Override
			public void saveAs(SessionFile other) throws IOException {
				other.save(content, Snapshot.ABSENT);
			}
		};
	}
}

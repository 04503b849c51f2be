package io.autousb.cli.command;

import io.autousb.cli.console.Console;
import java.io.IOException;
import java.io.InputStream;
import java.util.Properties;
import picocli.CommandLine.IVersionProvider;

/** Tells the program's version, as the build wrote it into the jar. */
public final class ProgramVersion implements IVersionProvider {

    private static final String RESOURCE = "/META-INF/maven/io.autousb/auto-usb-attach-cli/pom.properties";

    /** Makes what picocli asks. */
    public ProgramVersion() {}

    @Override
    public String[] getVersion() throws IOException {
        Properties properties = new Properties();
        try (InputStream stream = ProgramVersion.class.getResourceAsStream(RESOURCE)) {
            if (stream != null) {
                properties.load(stream);
            }
        }
        return new String[] {
            Console.PROGRAM + " " + properties.getProperty("version", "(not from a jar)"),
            "Java " + System.getProperty("java.runtime.version") + ", " + System.getProperty("java.vendor")
        };
    }
}

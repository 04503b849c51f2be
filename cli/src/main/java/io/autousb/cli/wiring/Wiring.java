package io.autousb.cli.wiring;

import com.google.inject.Guice;
import com.google.inject.Injector;
import com.google.inject.Key;
import com.google.inject.Stage;
import io.autousb.cli.command.Program;
import io.autousb.cli.console.Environment;
import picocli.CommandLine;
import picocli.CommandLine.IFactory;

/** Makes the program with all that it needs. */
public final class Wiring {

    private Wiring() {}

    /**
     * Makes the program with its command line.
     *
     * @param environment what is around it
     * @return a new program
     */
    public static Program program(Environment environment) {
        // Only what the command line asks for is made.
        Injector injector = Guice.createInjector(Stage.DEVELOPMENT, new CoreModule(environment), new CommandModule());
        return new Program(environment.console(), factory(injector));
    }

    private static IFactory factory(Injector injector) {
        IFactory plain = CommandLine.defaultFactory();
        return new IFactory() {
            @Override
            public <T> T create(Class<T> type) throws Exception {
                return injector.getExistingBinding(Key.get(type)) != null
                        ? injector.getInstance(type)
                        : plain.create(type);
            }
        };
    }
}

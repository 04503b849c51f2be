package io.autousb.api;

/**
 * How the run of a program ended, and what it said.
 *
 * @param outcome how it ended
 * @param stdout what it wrote to its standard output
 * @param stderr what it wrote to its standard error
 */
public record CommandResult(CommandOutcome outcome, CommandOutput stdout, CommandOutput stderr) {

    /**
     * The result of a command that could not be run.
     *
     * @param reason why not, in one line without a full stop, safe to print
     * @return a result without output
     */
    public static CommandResult notStarted(String reason) {
        return new CommandResult(CommandOutcome.notStarted(reason), CommandOutput.NONE, CommandOutput.NONE);
    }

    /**
     * Whether the program ended by itself and says that all went well.
     *
     * @return true for an exit code of 0
     */
    public boolean succeeded() {
        return outcome.equals(CommandOutcome.exited(0));
    }
}

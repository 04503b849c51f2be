package io.autousb.runtime.plugin;

/** Why a plugin is not loaded, and what to do. */
final class PluginRefusal extends Exception {

    private static final long serialVersionUID = 1L;

    PluginRefusal(String what, String remedy) {
        super(what + ": " + remedy);
    }

    PluginRefusal(String what, String remedy, Throwable cause) {
        super(what + ": " + remedy, cause);
    }
}

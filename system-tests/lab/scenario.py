"""What a scenario is, and the list of all."""
import collections
import re

Scenario = collections.namedtuple("Scenario", "key title run smoke bench soak")

ALL = {}


def scenario(key, title, smoke=False, bench=False, soak=False):
    """Registers a function(lab) under a short key. It fails by raising; what it returns (if anything) is printed and kept.

    smoke: part of a run without options. bench: only with --bench. soak: only with --soak.
    """

    def register(function):
        assert key not in ALL, f"two scenarios {key}"
        ALL[key] = Scenario(key, title, function, smoke, bench, soak)
        return function

    return register


def chosen(only=None, everything=False, bench=False, soak=False):
    """The scenarios to run, in order."""
    if only:
        unknown = [key for key in only if not any(_matches(key, known) for known in ALL)]
        if unknown:
            raise KeyError(f"no scenario {', '.join(unknown)}; --list shows them")
        return [entry for entry in in_order() if any(_matches(key, entry.key) for key in only)]
    smoke = not (everything or bench or soak)
    return [entry for entry in in_order() if {"bench": bench, "soak": soak, "all": everything or (smoke and entry.smoke)}[kind(entry)]]


def kind(entry):
    """With which option a scenario runs, and in which report it is: --all, --bench or --soak."""
    return "bench" if entry.bench else "soak" if entry.soak else "all"


def in_order():
    """The issues' own scenarios first (L1, L2, ... L10, L11.1, ...), then the command line's, the timed ones, the long ones."""

    def rank(entry):
        letter, number, rest = re.fullmatch(r"([A-Z])(\d+)\.?(.*)", entry.key).groups()
        return "LCBS".index(letter), int(number), rest

    return sorted(ALL.values(), key=rank)


def _matches(wanted, key):
    return key.lower() == wanted.lower() or key.lower().startswith(wanted.lower() + ".")

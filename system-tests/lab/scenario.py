"""What a scenario is, and the list of all."""
import collections
import re

Scenario = collections.namedtuple("Scenario", "key title run smoke bench")

ALL = {}


def scenario(key, title, smoke=False, bench=False):
    """Registers a function(lab) under a short key. It fails by raising; what it returns (if anything) is printed and kept.

    smoke: part of a run without options. bench: only with --bench.
    """

    def register(function):
        assert key not in ALL, f"two scenarios {key}"
        ALL[key] = Scenario(key, title, function, smoke, bench)
        return function

    return register


def chosen(only=None, everything=False, bench=False):
    """The scenarios to run, in order."""
    if only:
        unknown = [key for key in only if not any(_matches(key, known) for known in ALL)]
        if unknown:
            raise KeyError(f"no scenario {', '.join(unknown)}; --list shows them")
        return [entry for entry in in_order() if any(_matches(key, entry.key) for key in only)]
    return [entry for entry in in_order()
            if (entry.bench and bench) or (not entry.bench and (everything or (entry.smoke and not bench)))]


def in_order():
    """The issues' own scenarios first (L1, L2, ... L10, L11.1, ...), then the command line's, then the timed ones."""

    def rank(entry):
        letter, number, rest = re.fullmatch(r"([A-Z])(\d+)\.?(.*)", entry.key).groups()
        return "LCB".index(letter), int(number), rest

    return sorted(ALL.values(), key=rank)


def _matches(wanted, key):
    return key.lower() == wanted.lower() or key.lower().startswith(wanted.lower() + ".")

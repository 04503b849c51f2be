"""What a scenario is, and the list of all."""
import collections
import re

from lab.vm import KINDS, LINUX

Scenario = collections.namedtuple("Scenario", "key title run smoke bench soak machine")

ALL = {}
KEY = re.compile(r"([A-Z]+)(\d+)\.?(.*)")


def scenario(key, title, smoke=False, bench=False, soak=False, machine=LINUX):
    """Registers a function(lab) under a short key. It fails by raising; what it returns (if anything) is printed and kept.

    smoke: part of a run without options. bench: only with --bench. soak: only with --soak.
    machine: what the machine must have been booted as (lab/vm.py).
    """

    def register(function):
        assert key not in ALL, f"two scenarios {key}"
        ALL[key] = Scenario(key, title, function, smoke, bench, soak, machine)
        return function

    return register


def chosen(only=None, everything=False, bench=False, soak=False):
    """The scenarios to run, in order. `only` alone names them; together with a kind it limits that kind."""
    named = in_order()
    if only:
        unknown = [key for key in only if not any(_matches(key, known) for known in ALL)]
        if unknown:
            raise KeyError(f"no scenario {', '.join(unknown)}; --list shows them")
        named = [entry for entry in named if any(_matches(key, entry.key) for key in only)]
        if not (everything or bench or soak):
            return named
    smoke = not (everything or bench or soak)
    return [entry for entry in named if {"bench": bench, "soak": soak, "all": everything or (smoke and entry.smoke)}[kind(entry)]]


def kind(entry):
    """With which option a scenario runs, and in which report it is: --all, --bench or --soak."""
    return "bench" if entry.bench else "soak" if entry.soak else "all"


def in_order():
    """By machine; for each the issues' own scenarios (L1, L2, ... L10, L11.1, ...), then the command line's, the timed ones, the long ones."""

    def rank(entry):
        letters, number, rest = KEY.fullmatch(entry.key).groups()
        return KINDS.index(entry.machine), ("L", "V", "K", "X", "C", "CX", "B", "BX", "S").index(letters), int(number), rest

    return sorted(ALL.values(), key=rank)


def _matches(wanted, key):
    """L11 is also L11.1 and L11.2; L is all that begin so."""
    return key.lower() == wanted.lower() or key.lower().startswith(wanted.lower() + ".") or KEY.fullmatch(key)[1].lower() == wanted.lower()

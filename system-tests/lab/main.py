"""The command line of system-tests/run."""
import argparse
import itertools
import os
import random
import signal
import sys
import time
import traceback

from lab import image, report, scenario
from lab import bench, bench_xen, scenarios_cli, scenarios_contracts, scenarios_controllers, scenarios_faults, scenarios_linux, scenarios_plugin, soak  # noqa: F401  they register
from lab import scenarios_xen, scenarios_xen_cli, scenarios_xen_life  # noqa: F401
from lab.agent import AgentLost
from lab.host import HostProblem, prepare
from lab.lab import Lab
from lab.vm import LINUX
from lab.xenlab import XenLab

PROGRAM = os.path.join(report.ROOT, "cli", "target", "auto-usb-attach")
RETRIES = 2  # of a scenario that fails while the emulation breaks a guest


def arguments(argv):
    parser = argparse.ArgumentParser(
        prog="system-tests/run",
        description="Runs the program in an emulated machine with real USB hot-plug. Without options: the smoke scenarios.",
        epilog="Closes with a line `N passed, N failed`; exits with 1 when one failed.")
    parser.add_argument("--all", action="store_true", help="every scenario but the timed and the long ones")
    parser.add_argument("--bench", action="store_true", help="the timed ones")
    parser.add_argument("--soak", action="store_true", help="the long ones: all kinds of things happen, in random order")
    parser.add_argument("--minutes", type=float, default=60, metavar="N", help="how long a long one goes on (default: 60)")
    parser.add_argument("--seed", type=int, metavar="N", help="the order of a long one that was seen before (default: another each time)")
    parser.add_argument("--only", metavar="L3,L7", help="only these (L11 means L11.1, L11.2, ...; X all on Xen)")
    parser.add_argument("--list", action="store_true", help="print the scenarios and exit")
    parser.add_argument("--keep", action="store_true", help="leave the machine running and say how to get in")
    parser.add_argument("--program", metavar="FOLDER", default=PROGRAM, help="the distribution to install (default: cli/target/auto-usb-attach)")
    options = parser.parse_args(argv)
    if options.seed is None:
        options.seed = random.randrange(1 << 32)
    return options


def main(argv=None):
    options = arguments(argv)
    if options.list:
        for entry in scenario.in_order():
            mark = "smoke" if entry.smoke else scenario.kind(entry).replace("all", "")
            print(f"{entry.key:20} {entry.machine:5} {mark:5} {entry.title}")
        return 0
    try:
        entries = scenario.chosen(options.only.split(",") if options.only else None, options.all, options.bench, options.soak)
    except KeyError as error:
        print(f"system-tests/run: {error.args[0]}", file=sys.stderr)
        return 2
    if not entries:
        print("system-tests/run: none of these is of that kind; --list shows them", file=sys.stderr)
        return 2
    if options.keep and len({entry.machine for entry in entries}) > 1:
        print("system-tests/run: --keep is for scenarios of one machine; name them with --only", file=sys.stderr)
        return 2
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    signal.signal(signal.SIGHUP, lambda *_: sys.exit(129))
    return run(options, entries)


def run(options, entries):
    started = time.monotonic()
    results = []
    facts = []
    lab = None
    kept = False
    try:
        for machine, group in itertools.groupby(entries, key=lambda entry: entry.machine):
            if lab is not None:
                lab.stop()
            lab = start(options, machine)
            facts += [fact for fact in lab.facts() if fact not in facts]
            for entry in group:
                results.append(one(lab, entry))
        if options.keep:
            kept = keep(lab)
        for kind in ("all", "bench", "soak"):
            picked = [result for result in results if scenario.kind(result[0]) == kind]
            if getattr(options, kind) and picked:
                say("written: " + report.write(kind, options.only, picked, time.monotonic() - started, facts))
    except KeyboardInterrupt:
        say("interrupted")
        return 130
    except (HostProblem, AgentLost, AssertionError, OSError) as error:
        print(f"FAIL the lab itself, {len(entries) - len(results)} scenarios not run: {describe(error)}", flush=True)
        passed = sum(ok for _, ok, _, _ in results)
        print(f"{passed} passed, {len(entries) - passed} failed", flush=True)
        return 1
    finally:
        if lab is not None and not kept:
            lab.stop()
    failed = sum(not ok for _, ok, _, _ in results)
    say(f"{time.monotonic() - started:.0f} s in all")
    print(f"{len(results) - failed} passed, {failed} failed", flush=True)
    return 1 if failed else 0


def start(options, machine):
    """Boots a machine, and puts the program there."""
    began = time.monotonic()
    prepare()
    if not os.path.exists(os.path.join(options.program, "bin", "auto-usb-attach")):
        raise HostProblem(f"no program in {options.program}; build it first: ./mvnw -DskipTests package")
    built = image.obtain(say)
    lab = (Lab if machine == LINUX else XenLab)(built, options.program, machine, options.keep, options.minutes, options.seed)
    try:
        lab.start()
    except BaseException:
        lab.stop()
        raise
    say(f"machine ({machine}) up after {time.monotonic() - began:.0f} s")
    return lab


def one(lab, entry):
    """Runs one scenario; up to twice more when it fails while the emulation breaks a guest (`Lab.excuse`), each time from a clean state. Says so."""
    excuses = []
    while True:
        (_, ok, took, note), excuse = attempt(lab, entry)
        if excuse is None or len(excuses) == RETRIES:
            break
        excuses.append(excuse)
        say(f"{entry.key} is run again ({len(excuses)} of at most {RETRIES} times), because of a fault of the emulation: {printable(excuse)}")
    if excuses:
        again = f"run {len(excuses) + 1} times, because of a fault of the emulation: " + "; ".join(map(printable, excuses))
        note = f"{again}\n{note}" if note else again
        say(f"{entry.key} {again}")
    return entry, ok, took, note


def attempt(lab, entry):
    """Runs one scenario and what clears up after it; an error in either is a failure. Returns the result, and what excuses a failure, if anything."""
    started = time.monotonic()
    note = excuse = None
    ok = False
    try:
        lab.begin()
        note = entry.run(lab)
        for tool in list(lab.tools):
            tool.stop()
        ok = True
    except KeyboardInterrupt:
        raise
    except Exception as error:
        note = describe(error)
        evidence = lab.evidence()
        excuse = lab.excuse()
    took = time.monotonic() - started
    try:
        if excuse:
            lab.discard_guest()
        lab.end()
    except KeyboardInterrupt:
        raise
    except Exception as error:
        if ok:
            ok, note, evidence, excuse = False, f"afterwards: {describe(error)}", lab.evidence(), lab.excuse()
        revive(lab, error)
    print(f"{'ok  ' if ok else 'FAIL'} {entry.key:20} {entry.title:58} {took:5.0f} s", flush=True)
    if not ok:
        print("\n".join("     | " + printable(line) for line in f"{note}\n{evidence}".splitlines()), flush=True)
    elif note:
        print("\n".join("     " + line for line in note.splitlines()), flush=True)
    return (entry, ok, took, note), excuse


def printable(line):
    """Logs hold what devices say, some of it meant to harm a terminal."""
    return "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in line)


def describe(error):
    where = [f"{os.path.basename(frame.filename)}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(error.__traceback__)]
    kind = "" if isinstance(error, AssertionError) else type(error).__name__ + ": "
    return f"{kind}{error}\n({' < '.join(reversed(where[-5:]))})"


def revive(lab, error):
    """The world cannot be trusted any more: go on with a new machine."""
    say(f"starting a new machine, because clearing up failed: {'' if isinstance(error, AgentLost) else type(error).__name__ + ' '}{error}")
    lab.restart()


def keep(lab):
    machine = lab.machine
    lab.agent.stop()
    machine.qmp.close()
    machine.qmp = None
    print(f"""the machine is left running:
  get in:         {' '.join(machine.ssh_command())}
  outer monitor:  {machine.monitor}   (QMP; device_add, device_del on bus xhci.0)
  console, log:   {machine.folder}/console, {machine.folder}/qemu.log
  the program:    /opt/auto-usb-attach/bin/auto-usb-attach
  stop it:        kill {machine.process.pid}; rm -rf {machine.folder}""", flush=True)
    return True


def say(text):
    print(f"# {text}", flush=True)

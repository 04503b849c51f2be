"""Results of --all, --bench and --soak, kept in docs/lab-results/."""
import datetime
import os
import platform
import subprocess

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


def commit():
    """The short hash, with `-dirty` when the tree is not that commit."""
    def git(*arguments):
        return subprocess.run(["git", "-C", ROOT, *arguments], capture_output=True, text=True).stdout.strip()

    name = git("rev-parse", "--short=10", "HEAD") or "unknown"
    changed = [line for line in git("status", "--porcelain").splitlines() if "docs/lab-results/" not in line]
    return name + ("-dirty" if changed else "")


def write(kind, only, results, seconds, facts):
    """results: (scenario, ok, seconds, note); only: to which scenarios the run was limited, if it was. Returns the file's path."""
    folder = os.path.join(ROOT, "docs", "lab-results")
    os.makedirs(folder, exist_ok=True)
    today = datetime.date.today().isoformat()
    revision = commit()
    limited = "-" + only.replace(",", "-") if only else ""
    path = os.path.join(folder, f"{today}-{revision}-{kind}{limited}.md")
    passed = sum(ok for _, ok, _, _ in results)
    lines = [f"# Lab, `system-tests/run --{kind}{' --only ' + only if only else ''}`", "",
             f"- commit: {revision}", f"- date: {today}", f"- host: {platform.machine()}, {os.cpu_count()} CPUs, emulated machine (TCG)"]
    lines += [f"- {fact}" for fact in facts]
    lines += [f"- {passed} passed, {len(results) - passed} failed, {seconds:.0f} s", "",
              "| | scenario | result | time |", "|---|---|---|---|"]
    for entry, ok, took, _ in results:
        lines.append(f"| {entry.key} | {entry.title} | {'ok' if ok else '**failed**'} | {took:.0f} s |")
    for entry, ok, _, note in results:
        if note:
            lines += ["", f"## {entry.key} {entry.title}", "", note if ok else f"```\n{note}\n```"]
    with open(path, "w") as file:
        file.write("\n".join(lines) + "\n")
    return os.path.relpath(path, os.getcwd())

"""Waiting for a condition, always with a deadline."""
import time


class DeadlineExceeded(AssertionError):
    """What was waited for did not come in time."""


def until(what, condition, timeout=20.0, interval=0.1, details=None):
    """Calls condition() until it is true and returns its value; a failure names what was waited for and what was there last."""
    end = time.monotonic() + timeout
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() >= end:
            extra = f"; {details()}" if details else f"; last value {value!r}"
            raise DeadlineExceeded(f"waited {timeout:.0f} s for {what}{extra}")
        time.sleep(interval)


def stays(what, condition, duration, interval=0.2):
    """Checks that condition() holds all through duration: for things that must not happen."""
    end = time.monotonic() + duration
    while time.monotonic() < end:
        if not condition():
            raise AssertionError(f"{what} did not stay so for {duration:.0f} s")
        time.sleep(interval)

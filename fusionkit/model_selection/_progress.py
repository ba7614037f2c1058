"""How far a search has come, and how long it will still take."""

import time

__all__ = ["TimeLeft"]


class TimeLeft:
    """Prints now and then what is done, and the time left if the rest takes as long as the part since the first call.

    Parameters
    ----------
    then : callable or None, default=None
        Called with the same counts.
    every_s : float, default=2.0
        Seconds between two lines at least; the last line always comes.
    clock : callable, default=monotonic
        Returns seconds.
    """

    def __init__(self, then=None, every_s=2.0, clock=time.monotonic):
        self.then = then
        self.every_s = every_s
        self.clock = clock
        self.began = None

    def __call__(self, done, total):
        now = self.clock()
        if self.began is None:
            self.began, self.kept, self.spoke = now, done, now
        elif done == total or now - self.spoke >= self.every_s:
            self.spoke, taken = now, now - self.began
            left = taken / max(1, done - self.kept) * (total - done)
            rest = f"{as_clock(taken)} in all" if done == total else f"about {as_clock(left)} left"
            print(f"{done} of {total} fits, {rest}", flush=True)
        if self.then is not None:
            self.then(done, total)


def as_clock(seconds):
    """Return the time as hours, minutes and seconds: ``0:07``, ``1:02:05``."""
    minutes, seconds = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"

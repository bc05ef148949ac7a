"""How patient the sending is."""

from datetime import timedelta

from msgspec import Struct


class Pace(Struct, frozen=True):
    """The times that the sending keeps.

    ``poll``: the longest time between two looks into the queue. ``claim``: how long a claim keeps other workers away;
    ``send``: the longest that sending one letter may take, well below ``claim``. ``away``, ``away_longest``: first and
    longest pause while the channel is away. ``retry``: between two tries while the database is away, and ``grace``: how
    long after that other workers have to record what they had sent. ``stop``: for what is under way at the end.
    """

    poll: timedelta = timedelta(seconds=5)
    claim: timedelta = timedelta(minutes=5)
    send: timedelta = timedelta(minutes=2)
    away: timedelta = timedelta(seconds=5)
    away_longest: timedelta = timedelta(minutes=1)
    retry: timedelta = timedelta(seconds=1)
    grace: timedelta = timedelta(seconds=10)
    stop: timedelta = timedelta(seconds=20)

"""What forms hand on: the wish to be in groups, and orders."""

from collections.abc import Awaitable, Callable

from enlist.domain import groups, orders


class Intake:
    """Takes what forms ask for; ``enrol`` and ``place_order`` are the ``put`` of those batches."""

    # No dataclass or struct: Litestar would take one for data to be checked, and copy it for every request.
    def __init__(
        self,
        enrol: Callable[[groups.Enrolment], Awaitable[groups.Enrolled]],
        place_order: Callable[[orders.NewOrder], Awaitable[orders.Placed]],
    ) -> None:
        self.enrol = enrol
        self.place_order = place_order

"""The old name of tests.support.factories, for tests that are being moved."""

from tests.support.factories import KEY, VAULT, a_group, an_account, an_enrolment, enrol

a_wish = an_enrolment

__all__ = ["KEY", "VAULT", "a_group", "a_wish", "an_account", "an_enrolment", "enrol"]

"""The old name of tests.support.stripe, for tests that are being moved."""

from tests.support.stripe import *  # noqa: F403

"""What is refused about jobs."""

from enlist.kit.errors import Refusal


class JobNotFound(Refusal):
    """There is no job of this number that failed (field ``job``)."""

    code = "job_not_found"
    sentence = "No failed job has the number {job}; `enlist job list` shows them."

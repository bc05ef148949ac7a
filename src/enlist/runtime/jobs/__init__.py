"""Background jobs in the same database (Procrastinate): put in a transaction, run by workers, some by the clock."""

from enlist.runtime.jobs.errors import JobNotFound as JobNotFound
from enlist.runtime.jobs.queries import StoredJob as StoredJob
from enlist.runtime.jobs.queries import list_jobs as list_jobs
from enlist.runtime.jobs.queries import prune as prune
from enlist.runtime.jobs.queries import put as put
from enlist.runtime.jobs.retrying import retry as retry
from enlist.runtime.jobs.stalled import Recovery as Recovery
from enlist.runtime.jobs.working import Job as Job
from enlist.runtime.jobs.working import Jobs as Jobs

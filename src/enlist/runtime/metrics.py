"""What the program counts about itself, in Prometheus' terms."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.process_collector import ProcessCollector

registry = CollectorRegistry()
ProcessCollector(registry=registry)

_SIZES = (1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024)

batch_size = Histogram(
    "enlist_batch_size", "Items that went into one transaction", ["batch"], registry=registry, buckets=_SIZES
)
batch_waiting = Gauge("enlist_batch_waiting", "Items that wait for the next batch", ["batch"], registry=registry)
calls = Counter("enlist_calls", "Calls answered by a door", ["door", "function", "code"], registry=registry)
letters = Counter("enlist_letters", "Letters handed over, by outcome", ["outcome"], registry=registry)
events_delivered = Counter("enlist_events_delivered", "Events handed to a reaction", ["reaction"], registry=registry)
events_failed = Counter("enlist_events_failed", "Events that a reaction failed on", ["reaction"], registry=registry)
loop_success = Gauge(
    "enlist_loop_last_success_timestamp_seconds",
    "When a background activity last got through",
    ["loop"],
    registry=registry,
)
loop_failures = Counter(
    "enlist_loop_failures", "Steps of background activities that failed", ["loop", "reason"], registry=registry
)
given_up = Gauge("enlist_given_up", "What failed too often and waits for the operator", ["what"], registry=registry)
waiting = Gauge("enlist_waiting", "Rows that wait in a queue of the database", ["queue"], registry=registry)


def render() -> bytes:
    """Write all metrics in Prometheus' text format."""
    return generate_latest(registry)

"""Figures of several processes: what counts is added up, also of those that ended; what is now is only of the living."""

from hypothesis import given
from hypothesis import strategies as st
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.parser import text_string_to_metric_families

from enlist.runtime.figures import add_up

counts = st.integers(0, 10**9)
parts = st.lists(
    st.tuples(st.dictionaries(st.sampled_from(["a", 'b"\\\n', "c d"]), counts, max_size=3), counts), max_size=4
)


def told(calls: dict[str, int], waiting: int) -> str:
    registry = CollectorRegistry()
    counter = Counter("calls", "Calls", ["name"], registry=registry)
    for name, count in calls.items():
        counter.labels(name).inc(count)
    Gauge("waiting", "Those that wait", registry=registry).set(waiting)
    sizes = Histogram("sizes", "Sizes", registry=registry, buckets=(1, 10))
    for count in calls.values():
        sizes.observe(count)
    return generate_latest(registry).decode()


def read(text: str) -> dict[tuple[str, str], float]:
    return {
        (sample.name, sample.labels.get("name", sample.labels.get("le", ""))): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


@given(parts, parts)
def test_counts_add_up_and_gauges_are_those_of_the_living(
    living: list[tuple[dict[str, int], int]], gone: list[tuple[dict[str, int], int]]
) -> None:
    ended = ""
    for part in gone:
        ended = add_up([ended, told(*part)])
    found = read(add_up([told(*part) for part in living], gone=ended))
    for name in {name for calls, _ in [*living, *gone] for name in calls}:
        assert found["calls_total", name] == sum(calls.get(name, 0) for calls, _ in [*living, *gone])
    if living:
        assert found["waiting", ""] == sum(waiting for _, waiting in living)
    else:
        assert ("waiting", "") not in found
    every = [count for calls, _ in [*living, *gone] for count in calls.values()]
    if living or gone:
        assert found["sizes_count", ""] == found["sizes_bucket", "+Inf"] == len(every)
        assert found["sizes_bucket", "10.0"] == sum(count <= 10 for count in every)


def test_the_start_is_that_of_the_oldest() -> None:
    text = (
        "# HELP process_start_time_seconds S\n# TYPE process_start_time_seconds gauge\nprocess_start_time_seconds {}\n"
    )
    assert add_up([text.format(20.5), text.format(10.5)]).endswith("process_start_time_seconds 10.5\n")

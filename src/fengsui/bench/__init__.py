"""Every number that Fengsui promises is measured here, one file a job, beside its peers in one run."""

JOBS = {
    "build": "fengsui.bench.build",
    "nearest": "fengsui.bench.nearest",
    "recommend": "fengsui.bench.recommend",
}
"""Job → module with `measure(inputs, progress) -> Report`; imported only when it is asked for."""

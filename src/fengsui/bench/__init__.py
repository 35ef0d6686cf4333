"""Every number that Fengsui promises is measured here, one file a job, beside its peers in one run."""

JOBS = {
    "build": "fengsui.bench.build",
    "matrix": "fengsui.bench.matrix",
    "nearest": "fengsui.bench.nearest",
    "reach": "fengsui.bench.reach",
    "recommend": "fengsui.bench.recommend",
}
"""Job → module with `measure(inputs, progress) -> Report`; imported only when it is asked for."""

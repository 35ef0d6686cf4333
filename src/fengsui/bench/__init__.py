"""Every number that Fengsui promises is measured here, one file a job, beside its peers in one run."""

JOBS = {
    "build": "fengsui.bench.build",
    "growth": "fengsui.bench.growth",
    "load": "fengsui.bench.load",
    "matrix": "fengsui.bench.matrix",
    "nearest": "fengsui.bench.nearest",
    "reach": "fengsui.bench.reach",
    "recommend": "fengsui.bench.recommend",
    "screen": "fengsui.bench.screen",
    "slowed": "fengsui.bench.slowed",
}
"""Job → module with `measure(inputs, progress) -> Report`; imported only when it is asked for."""

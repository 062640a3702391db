"""Figures, as ratios within one run. Each module has `run() -> dict` and `TARGETS`."""

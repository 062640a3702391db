"""Benchmarks. Each module has `run() -> dict` with measured values, and `TARGETS` for some of them."""

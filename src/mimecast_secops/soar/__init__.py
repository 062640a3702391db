"""Google SecOps SOAR: thin adapters between the platform's SDK and the core.

The SDK lies on the platform only. Scripts import it and hand it in, so that nothing here depends on where it lies.
"""

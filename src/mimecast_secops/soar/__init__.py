"""Google SecOps SOAR: thin adapters between the platform's SDK and the core.

The SDK exists only on the platform. The scripts import it and pass its classes to `main`, so that no module here
imports it. `action` and `connector` run the two kinds of scripts; what both kinds share is in separate modules.
"""

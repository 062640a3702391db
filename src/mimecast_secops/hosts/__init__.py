"""Where the product runs: Google SecOps, and a terminal or a service."""

"""The tenant's HTTP face: authentication, envelopes, limits, faults, and one file per area of the API."""

"""The state and the rules of the tenant, without HTTP."""

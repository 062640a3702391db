"""Tests of the first contact with a tenant."""

"""What works with these credentials, and what to grant: one safe probe per right, changing nothing in the tenant."""

from mimecast_secops.diagnosis.examination import Subject, examine
from mimecast_secops.diagnosis.findings import Finding, Verdict

__all__ = ["Finding", "Subject", "Verdict", "examine"]

"""The permission check: one harmless request per API endpoint shows what works with the credentials in use."""

from mimecast_secops.diagnosis.findings import Finding, Verdict
from mimecast_secops.diagnosis.permission_check import Requirements, check_permissions

__all__ = ["Finding", "Requirements", "Verdict", "check_permissions"]

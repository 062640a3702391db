"""The first contact with a tenant: what it does where the public sources about the API are silent or disagree."""

from mimecast_secops.diagnosis.first_contact.contact import first_contact
from mimecast_secops.diagnosis.first_contact.results import ContactReport, Knowledge, QuestionResult

__all__ = ["ContactReport", "Knowledge", "QuestionResult", "first_contact"]

"""What a recording may keep: the words, numbers and names of Mimecast's API. All else gets a pseudonym.

Each list names what stays, so the value of an unknown member is replaced, too.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from mimecast_secops.diagnosis.first_contact.words import WORDS
from mimecast_secops.diagnosis.known_words import ERROR_WORDS, words_of
from mimecast_secops.diagnosis.probes import UNASSIGNED_ID, UNUSED_ADDRESS

_TARGET_TYPES: Final = words_of(
    """
    everyone internal_addresses external_addresses email_domain individual_email_address header_display_name
    profile_group address_attribute_value free_mail_domains
    """
)
_BOOLEANS: Final = words_of("true false null")
OWN_TEXTS: Final = frozenset({UNASSIGNED_ID, UNUSED_ADDRESS, *_BOOLEANS})
"""Texts that the product itself sends, and words that stand for a value without content."""

TEXTS: Final[Mapping[str, frozenset[str]]] = {
    **WORDS,
    "status": WORDS["status"] | words_of("released success failure"),
    "messageStatusType": WORDS["status"],
    "fieldName": words_of("all subject sender recipient reason_code reasoncode senderip from to operator info status"),
    "action": words_of("permit block allow hold none reject release bounce accept"),
    "type": words_of("permit block full") | _TARGET_TYPES,
    "fromType": _TARGET_TYPES,
    "toType": _TARGET_TYPES,
    "fromPart": words_of("envelope_from header_from both"),
    "option": words_of("no_action block_sender"),
    "decision": words_of("none accept hold reject block allow"),
    "region": words_of("eu de us usb ca za au je sandbox"),
    "context": words_of("received delivered"),
    "field": words_of("time size from to subject"),
    "mimeType": words_of("text/plain text/html application/pdf application/zip image/png image/jpeg message/rfc822"),
}
"""Member → the values that stay, in lower case."""

_REASONS: Final = words_of(
    """
    message hold applied content examination policy attachment protection url impersonation protect spam signature
    malicious suspicious default greymail scanning MESSAGE HOLD APPLIED CONTENT EXAMINATION POLICY Message Hold Applied
    Content Policy GOES AGAINST EMAIL POLICIES CONTAINS UNDESIRABLE CONFIDENTIAL INFORMATION REVIEWER DISAPPROVES OF
    INAPPROPRIATE COMMUNICATION
    """
)
RUNS: Final[Mapping[str, frozenset[str]]] = {
    "reasonCode": _REASONS,
    "reasonId": _REASONS,
    "reasonType": _REASONS,
    "query": words_of(
        """
        xml version 1 0 xmlquery trace iql muse metadata query type emailarchive archive true active false page size
        startrow mailboxes mailbox include aliases smartfolders return fields field id status receiveddate
        attachmentcount subject displayfrom displayto displayfromaddress displaytoaddresslist smash text date select
        between from to sent docs optional route or
        """
    ),
}
"""Member → the runs of letters and digits in its text that stay."""
FAILURE_RUNS: Final[Mapping[str, frozenset[str]]] = {
    "message": ERROR_WORDS,
    "code": ERROR_WORDS,
    "field": ERROR_WORDS | words_of("sender to from policy option reasonType ids admin start end pageSize searchBy"),
}
"""The same for the members of an error."""

ANYWHERE: Final = words_of("http https")
"""Runs that stay in every text."""
PAGE: Final = words_of("doctype html head body title DOCTYPE HTML")
"""Runs that stay in a reply that is not JSON, so that a web page stays one."""

NUMBERS: Final = words_of(
    """
    status size spamScore totalCount total pageSize numberOfItems recordStart queryDuration attachmentcount attempts
    expires_in resultCount version T score
    """
)
"""Members whose numbers stay."""
TOKEN_NUMBERS: Final = words_of("version T pagesizeid recordstartid pageNo pageDepth")
"""Members of an ID or a page token whose numbers stay. Other numbers in it identify an account or a message."""

TIME_NAME: Final = re.compile(
    r"(?:[a-z]+Time|time|[a-zA-Z]*[dD]ate(?:Received)?|received|sent|start|end|processed|released|created|lastUpdated"
    r"|modified|expires|from|to)\Z"
)
"""The members that can have a time."""
TIME: Final = re.compile(
    r"\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:?\d\d)?)?\Z"
    r"|(?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), )?\d{1,2} (?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) \d{4}"
    r" \d\d:\d\d:\d\d (?:[+-]\d{4}|GMT|UTC)\Z"
)
EPOCHS: Final = (range(946_684_800, 4_102_444_800), range(946_684_800_000, 4_102_444_800_000))

HEADERS: Final = re.compile(r"retry-after\Z|x-(?:mimecast-)?rate-?limit-[a-z]{1,12}\Z|date\Z|content-type\Z|location\Z")
"""The headers of a reply that are recorded."""
MEDIA_TYPES: Final = re.compile(
    r"(?:application/(?:json|octet-stream|xml)|text/(?:html|plain))(?:; ?charset=[\"']?utf-?8[\"']?)?\Z", re.IGNORECASE
)

_NAME: Final = re.compile(r"@?[A-Za-z_]{1,40}[0-9]{0,3}\Z")
_NAME_WORD: Final = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
_NAME_WORDS: Final = words_of(
    """
    accept accepted access account acknowledgement action active activeid actual add address adjustment admin
    administrator advance advanced affected all allow any archive archived archiveid ascending attachment
    attachmentcount attachments attribute audits authorization based between bidirectional binding body both
    bounce bounced by categories cc changed check client clock code comment component components compressed
    conditions confidence confirmed contact content context count counts create created credentials customer
    customercode data database date days decision decisions default deferred deleted delivered delivery depth
    description detail details detection display displayable displayfrom displayfromaddress displayto
    displaytoaddresslist dkim dmarc domain domains duration email emails eml enabled encryption end enforced env
    envelope error errors eternal event events expiration expire expires export extension external extraction
    fail failed field file filename filter form from full gateway greeting grey group groups has hash hashes hdr
    header headers held hldqid hold host html id ids inbound info inheritance inherited internal ip is item items
    key kind known last ldap level list load local log logs mail mailbox malware manage managed mansendid max
    media message messagelookuptoken messages meta metadata method mime min mode name next note notes notify
    number of offset offsets on only operator option optional options order original outbound override package packages
    and at adjustment binary grant mimecast purge session timeout seconds ms
    page pagesizeid pagination part parts passphrase path permissions permit permitted phishing platform policies
    policy policyid preview previous process processed processing product products protection queue query rate
    reason receipt received receiveddate recipient recipients record records recordstartid region reject rejectid
    rejected release released remote reply report request restore result results retention retryable return
    revoke risk route row scan scope score search secret secureid seen send sender senders sent server session
    signature size smart smash smtp sort sorts source spam spf start startrow state status store subcategories
    subject support system tag tags telephone text time times tmnd tmtpagetoken tnde to token total trace track
    tracked transmission tx type types until update updated url urls user username value values verdict version
    view virus with sha md expand in
    """
)


def name_stays(name: str) -> bool:
    """Whether a member name stays: one that consists of words of the API, such as `senderIP` or `queue_id`."""
    return bool(_NAME.match(name)) and all(word.lower() in _NAME_WORDS for word in _NAME_WORD.findall(name))


DATA_KEYED: Final = words_of("deliveredMessage tagMap")
"""Objects whose member names are values, such as addresses."""
HEADER_BLOCKS: Final = words_of("transmissionInfo headers")
HEADER_NAME: Final = re.compile(
    r"(?im)^((?:&lt;|<)pre(?:&gt;|>))?(received|return-path|from|to|cc|reply-to|subject|date|message-id|mime-version"
    r"|content-type|content-transfer-encoding|authentication-results|dkim-signature|received-spf|x-originating-ip)"
    r"(?=[ \t]*:)"
)
"""The header names that stay in a block of headers, at the beginning of a line."""
QUERY_ATTRIBUTE: Final = re.compile(
    r'\b(?:page-size|startrow)="\d{1,6}"|\b(?:from|to)="\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:Z|[+-]\d\d:?\d\d)"'
)
"""The attributes of a query of the archive that stay: pages and times."""

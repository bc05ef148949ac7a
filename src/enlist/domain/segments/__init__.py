"""Segments: what profiles do, rules over all that is known of them, and who is in which segment at this moment."""

from enlist.domain.segments.assigning import Assigning
from enlist.domain.segments.computing import Computing
from enlist.domain.segments.diagnosing import diagnostics, note_refused
from enlist.domain.segments.errors import BadRule, BadSegment, SegmentNotFound, SegmentTaken
from enlist.domain.segments.events import ProfileEnteredSegment, ProfileLeftSegment
from enlist.domain.segments.finding import segments_of
from enlist.domain.segments.keeping import change, count_matching, create, delete, get, list_, list_members
from enlist.domain.segments.model import Action, Diagnostic, Member, Segment
from enlist.domain.segments.noting import note_changes
from enlist.domain.segments.parting import drop_old, keep_partitions
from enlist.domain.segments.reading import pretty_rule, read_rule, rule_schema, write_rule
from enlist.domain.segments.recording import record
from enlist.domain.segments.rule import Rule

__all__ = [
    "Action",
    "Assigning",
    "BadRule",
    "BadSegment",
    "Computing",
    "Diagnostic",
    "Member",
    "ProfileEnteredSegment",
    "ProfileLeftSegment",
    "Rule",
    "Segment",
    "SegmentNotFound",
    "SegmentTaken",
    "change",
    "count_matching",
    "create",
    "delete",
    "diagnostics",
    "drop_old",
    "get",
    "keep_partitions",
    "list_",
    "list_members",
    "note_changes",
    "note_refused",
    "pretty_rule",
    "read_rule",
    "record",
    "rule_schema",
    "segments_of",
    "write_rule",
]

"""What the segments slice refuses."""

from enlist.kit.errors import Refusal


class SegmentNotFound(Refusal):
    """The site has no such segment (field ``segment``, its number)."""

    code = "segment_not_found"
    sentence = "There is no segment {segment}; `enlist segment list` shows them."


class SegmentTaken(Refusal):
    """The site has a segment of this name (field ``name``)."""

    code = "segment_taken"
    sentence = "There already is a segment {name}; choose another name."


class BadSegment(Refusal):
    """A segment cannot be like that (fields ``field`` and ``reason``)."""

    code = "bad_segment"
    sentence = "The {field} {reason}."


class BadRule(Refusal):
    """A rule cannot be understood or is too large (fields ``path``, such as ``$.rules[0].tags``, and ``reason``)."""

    code = "bad_rule"
    sentence = "The rule cannot be used at {path}: {reason}."

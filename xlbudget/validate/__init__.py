"""Is the publication right; if not, where."""

from .check import Check, Report
from .rules import Rule, RuleError, load_rules
from .validation import validate

__all__ = ["Check", "Report", "Rule", "RuleError", "load_rules", "validate"]

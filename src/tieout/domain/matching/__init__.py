"""Matching: which record of the books a host record probably is, with how sure that is and why.

Nothing here links anything. `exact` may be taken in bulk; everything else is for a person to look at.
"""

from tieout.domain.matching.catalogue import match_services, match_tax_regions, match_terms
from tieout.domain.matching.clients import match_clients
from tieout.domain.matching.verdicts import Candidate, Suggestion, Verdict

__all__ = [
    "Candidate",
    "Suggestion",
    "Verdict",
    "match_clients",
    "match_services",
    "match_tax_regions",
    "match_terms",
]

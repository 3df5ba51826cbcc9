"""Audits, the flags that they raise, the decisions of people, and the lists that rules read."""

from audits.models.audit import Audit, AuditAttempt, AuditWork
from audits.models.blind_review import BlindReview, SampledFlag, Verdict
from audits.models.cohort import Cohort, FailedTender, Observation, PeerGroup, PopulationChange, Purchase
from audits.models.comment_request import CommentRequest, CommentRequestEntry
from audits.models.desk import DeskEntry, FlagNote, Lease, SavedFilter
from audits.models.export import Export
from audits.models.figures import OutcomeCount, PageFigures, PublicFigures
from audits.models.flag import Flag
from audits.models.four_eyes import FourEyesWaiver
from audits.models.known_answer import KnownAnswer, KnownJudgement
from audits.models.monthly_spend import MonthlySpend
from audits.models.override import RuleOverride, RuleState
from audits.models.priority import QueueWeight
from audits.models.reference import LexiconTerm, PublicList, ReferenceVersion, Watchlist, WatchlistEntry
from audits.models.reply import Reply, ReplyDecision
from audits.models.review import Review
from audits.models.rule_page import RulePage
from audits.models.rules_in_force import RulesInForce
from audits.models.saved_search import Delivery, SavedSearch
from audits.models.summary import DeskSummary
from audits.models.suppression import Suppression
from audits.models.track_record import Participation, TrackRecord

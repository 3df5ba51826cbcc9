"""What was published: records as they arrived, and the typed rows read from them."""

from contracts.models.bundle import BundleMember
from contracts.models.change import Change
from contracts.models.claim import Claim, ClaimDecision, PublisherGrant
from contracts.models.document import Attachment, Document, DocumentPage
from contracts.models.organization import FormerName, Organization, Party
from contracts.models.process import ContractingProcess
from contracts.models.publisher import Publisher, Recompilation, Rereading
from contracts.models.receipt import IntakePolicy, Receipt, ReceiptQuestion
from contracts.models.release import Release
from contracts.models.retention import RetentionClock, RetentionPolicy
from contracts.models.same_body import SameBody, SameBodyDecision
from contracts.models.same_process import SameProcess, SameProcessDecision
from contracts.models.stages import Award, Bid, Contract
from contracts.models.submission import (
    Content,
    ContentChunk,
    IdempotencyKey,
    SentBytes,
    Submission,
    SubmissionOrigin,
    TableMapping,
)
from contracts.models.token import ApiToken
from contracts.models.trail import TrailEntry
from contracts.postgres import lookups

"""Places and organisations; persons and what was true of them when; posts; requests; rosters."""

from xueshi.people.models.entering import Knock, PhoneCode
from xueshi.people.models.persons import Employment, Fact, Person, Placement, Title
from xueshi.people.models.places import Duty, HelpContact, Industry, Organisation, Region
from xueshi.people.models.posts import Account, AccountManager, Post, ResetCode
from xueshi.people.models.requests import ChangeRequest, ChangeStep, Evidence
from xueshi.people.models.rosters import Invitation, RosterImport, RosterMapping, RosterProblem, SavedFilter

__all__ = [
    "Account",
    "AccountManager",
    "ChangeRequest",
    "ChangeStep",
    "Duty",
    "Employment",
    "Evidence",
    "Fact",
    "HelpContact",
    "Industry",
    "Invitation",
    "Knock",
    "Organisation",
    "Person",
    "PhoneCode",
    "Placement",
    "Post",
    "Region",
    "ResetCode",
    "RosterImport",
    "RosterMapping",
    "RosterProblem",
    "SavedFilter",
    "Title",
]

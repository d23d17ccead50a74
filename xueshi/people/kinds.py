"""The closed lists of this floor, as pages offer and name them."""

from xueshi.people.models import ChangeRequest, Duty, HelpContact, Organisation, Person

OrganisationKind = Organisation.Kind
Level = Organisation.Level
Ownership = Organisation.Ownership
Function = Duty.Function
Topic = HelpContact.Topic
RequestKind = ChangeRequest.Kind
RequestState = ChangeRequest.State
Sex = Person.Sex
FileKeeper = Person.FileKeeper

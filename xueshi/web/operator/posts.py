"""The operator appoints anywhere; what reaches far with a second operator's or officer's yes."""

from xueshi.web import doors, lost_factors, posts

urlpatterns = [
    *posts.patterns("operator", doors.operators, "operator"),
    *lost_factors.patterns("operator", doors.operators, "operator"),
]

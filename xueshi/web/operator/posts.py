"""The operator appoints anywhere; what reaches far with a second operator's or officer's yes."""

from xueshi.web import doors, posts

urlpatterns = posts.patterns("operator", doors.operators, "operator")

"""An officer appoints at the own bureau and below; an industry's officer at the units of the industry."""

from xueshi.web import doors, lost_factors, posts

urlpatterns = [
    *posts.patterns("authority", doors.authorities, "officer", "industry_officer"),
    *lost_factors.patterns("authority", doors.authorities, "officer", "industry_officer"),
]

from django.urls import path

from audits.following import stopping
from audits.following.api import SavedSearchDetailView, SavedSearchListView

urlpatterns = [
    path("api/v1/me/searches/", SavedSearchListView.as_view(), name="saved-searches"),
    path("api/v1/me/searches/<int:pk>/", SavedSearchDetailView.as_view(), name="saved-search"),
    path("search/stop/<str:token>/", stopping.page, name="saved-search-stop"),
]

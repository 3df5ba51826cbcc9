from django.urls import path

from audits.following import account
from audits.following.api import DeliveryListView, SavedSearchDetailView, SavedSearchListView

urlpatterns = [
    path("api/v1/me/searches/", SavedSearchListView.as_view(), name="saved-searches"),
    path("api/v1/me/searches/<int:pk>/", SavedSearchDetailView.as_view(), name="saved-search"),
    path("api/v1/me/searches/<int:pk>/deliveries/", DeliveryListView.as_view(), name="deliveries"),
    path("search/saved/", account.page, name="saved-search-page"),
    path("search/stop/<str:token>/", account.stop, name="saved-search-stop"),
]

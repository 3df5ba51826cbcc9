from tests.support.people import make_user, sign_in  # noqa: F401  -- fixtures

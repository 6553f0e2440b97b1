"""`helper/ping` and `users/lookup`: does the token work, and what may it do."""

from connectors.sandbox.access import API_USER
from connectors.sandbox.answers import Success
from connectors.sandbox.call import Call


def ping(call: Call) -> Success:
    """Answer that the token works."""
    call.parameters.allow(())
    return Success()


def lookup_user(call: Call) -> Success:
    """Give the token's user and permissions."""
    call.parameters.allow(())
    user_id = call.caller.user_id
    return Success(
        {
            "userID": user_id,
            "firstName": "API" if user_id == API_USER else "Sandbox",
            "lastName": "User",
            "email": f"user{user_id}@sandbox.example",
            "permissions": sorted(call.caller.permissions),
        }
    )

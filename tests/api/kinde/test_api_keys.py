"""`POST /api/v1/api_keys/verify`."""

from accounts.models import ApiKey
from tests.api.conftest import World, revoked_key

PATH = "api_keys/verify"
NOT_VALID = {
    "code": "API_KEY_NOT_VALID",
    "message": "The API key is not valid",
    "is_valid": False,
    "key_id": None,
    "status": None,
    "scopes": [],
    "org_code": None,
    "user_id": None,
}


def test_a_good_key_is_known(world: World) -> None:
    key = ApiKey.objects.get(organization=world.acme)
    for api in (world.as_platform, world.as_acme):
        answer = api.post(PATH, {"api_key": world.acme_key})
        assert (answer.status, answer.body) == (
            200,
            {
                "code": "API_KEY_VERIFIED",
                "message": "API key verified",
                "is_valid": True,
                "key_id": key.public_id,
                "status": "active",
                "scopes": sorted(key.scopes),
                "org_code": world.acme.public_id,
                "user_id": None,
            },
        )


def test_a_bad_key_and_anothers_look_alike(world: World) -> None:
    for secret in (world.crane_key, world.platform_key, revoked_key(world.acme), "nothing", ""):
        assert world.as_acme.post(PATH, {"api_key": secret}).body == NOT_VALID
    assert world.as_platform.post(PATH, {"api_key": "tb_live_nothing"}).body == NOT_VALID

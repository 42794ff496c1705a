"""For which member a link may be made, and in whose name."""

from typing import ClassVar

from django.db.models import Q

from config.kernel.errors import Forbidden, NotFound

from ..access.permissions import permissions_of
from ..api_keys.queries import CallerKey
from ..memberships.by_key import place_of_maker
from ..models import Membership, OAuthSubject, Organization


class MemberNotFound(NotFound):
    """Nobody in the organization is called that."""

    code = "member_not_found"
    title = "There is no such member"
    status: ClassVar[int] = 404


class MemberAboveTheKey(Forbidden):
    """The member may do what the person who made the key may not."""

    code = "member_above_the_key"
    title = "The key may not act for this member"


def get_member(*, organization: Organization, reference: str) -> Membership:
    """
    Return a member's place by its id, the person's e-mail address, or their name for apps.

    Raises `MemberNotFound`, also for somebody who may no longer log in.
    """
    subjects = OAuthSubject.objects.filter(public_id=reference).values("user")
    membership = (
        Membership.objects.owned_by(organization)
        .filter(
            Q(public_id=reference) | Q(user__email=reference.lower()) | Q(user__in=subjects),
            user__is_active=True,
        )
        .select_related("organization", "user")
        .first()
    )
    if membership is None:
        raise MemberNotFound("There is no such member.")
    return membership


def check_key_may_act_for(membership: Membership, *, caller: CallerKey) -> None:
    """
    Raise unless the key may open the portal in the name of this member.

    A platform key acts for the company. An organization's key acts in the name of the person who
    made it, so it opens nothing that this person could not open. Raises `KeyOfNobody` and
    `MemberAboveTheKey`.
    """
    if caller.is_platform:
        return
    maker = place_of_maker(caller, organization=membership.organization)
    if not permissions_of(membership.role) <= permissions_of(maker.role):
        raise MemberAboveTheKey("Who made this key may do less here than this member.")

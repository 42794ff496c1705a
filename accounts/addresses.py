"""E-mail addresses."""

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _

from config.kernel.errors import Invalid


def clean_address(value: str) -> str:
    """Return the address as it is stored, in lower case. Raises `Invalid` if it is not one."""
    address = value.strip().lower()
    try:
        validate_email(address)
    except ValidationError as error:
        raise Invalid(_("This is not an e-mail address.")) from error
    return address

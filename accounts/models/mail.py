from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from config.kernel.models import CreatedModel, PublicIdModel

from ..choices import MailDrop
from .organization import Organization, OrganizationOwnedQuerySet
from .user import User


class MailNotice(CreatedModel):
    """
    A fact that people are to be told of by mail: the outbox of mails.

    It is stored in the transaction of the fact. Whom to tell is found out afterwards, and then
    there is a `Mail` for each address. A fact of the installation has no organization.
    """

    organization = models.ForeignKey(
        Organization, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    kind = models.CharField(_("kind"), max_length=40)
    fact = models.CharField(max_length=200)
    data = models.JSONField(default=dict)
    occurred_at = models.DateTimeField(_("occurred at"))
    due_at = models.DateTimeField(
        null=True, editable=False, help_text=_("When to find out whom to tell, until that is done.")
    )

    objects = OrganizationOwnedQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "kind", "fact"],
                name="mail_notice_once_per_fact",
                nulls_distinct=False,
            ),
            models.UniqueConstraint(fields=["organization", "id"], name="mail_notice_tenant_key"),
        ]
        indexes = [
            models.Index(
                fields=["due_at"], condition=Q(due_at__isnull=False), name="mail_notice_due"
            )
        ]

    def __str__(self) -> str:
        return f"{self.pk} {self.kind}"


class Mail(PublicIdModel):
    """
    One mail to one address: waiting, sent, or dropped for a reason.

    What it says is written when it is sent, from the notice; only the subject is kept.
    """

    id_prefix = "eml"

    organization = models.ForeignKey(
        Organization, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    notice = models.ForeignKey(MailNotice, on_delete=models.PROTECT, related_name="+")
    address = models.EmailField(_("address"), max_length=254)
    user = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    subject = models.CharField(_("subject"), max_length=250, blank=True)
    language = models.CharField(_("language"), max_length=16, blank=True)
    due_at = models.DateTimeField(_("due at"), null=True, blank=True, editable=False)
    attempt_count = models.PositiveIntegerField(_("attempts"), default=0, editable=False)
    last_error = models.CharField(_("last error"), max_length=200, blank=True, editable=False)
    sent_at = models.DateTimeField(_("sent at"), null=True, blank=True, editable=False)
    dropped_at = models.DateTimeField(_("dropped at"), null=True, blank=True, editable=False)
    drop_reason = models.CharField(
        _("why it was dropped"), max_length=16, choices=MailDrop.choices, blank=True, editable=False
    )

    objects = OrganizationOwnedQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["notice", "address"], name="mail_once_per_address"),
            models.CheckConstraint(
                condition=Q(address=Lower("address")), name="mail_address_lower_case"
            ),
            models.CheckConstraint(
                condition=Q(due_at__isnull=False, sent_at=None, dropped_at=None, drop_reason="")
                | Q(due_at=None, sent_at__isnull=False, dropped_at=None, drop_reason="")
                | Q(due_at=None, sent_at=None, dropped_at__isnull=False)
                & Q(drop_reason__in=MailDrop.values),
                name="mail_ends_once",
            ),
        ]
        indexes = [
            models.Index(fields=["due_at"], condition=Q(due_at__isnull=False), name="mail_due"),
            models.Index(fields=["organization", "-id"], name="mail_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.public_id} {self.address}"

"""The mailbox: categories, letters beside their cases, matters that join letters, what is published, ratings on the spot."""

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from houqin.affairs.models import Case
from houqin.foundation.people.models import Organisation, Person
from houqin.foundation.places.models import Place

#: What a writer is called who gives no name.
ANONYMOUS = "匿名"


class LetterCategory(models.Model):
    """What letters are about, kept in the back office. Categories are switched off, not deleted.

    ``section`` gets its letters unless a person chooses another; ``workdays`` is within how many statutory working days
    they are answered; ``reviewed`` says that the head of the section reads the answer before it is sent.
    """

    code = models.TextField(_("编码"), unique=True)
    name = models.TextField(_("类别"))
    section = models.ForeignKey(
        Organisation, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("默认承办科室")
    )
    workdays = models.PositiveSmallIntegerField(_("答复时限（工作日）"), default=5)
    reviewed = models.BooleanField(_("答复须审核"), default=False)
    keywords = models.TextField(
        _("关键词"), blank=True, default="", help_text=_("空格分隔；来信太少、不能训练时按关键词给出建议")
    )
    position = models.IntegerField(_("排序"), default=0)
    active = models.BooleanField(_("启用"), default=True)

    class Meta:
        verbose_name = _("来信类别")
        verbose_name_plural = pgettext_lazy("plural", "来信类别")
        ordering = ["position", "id"]
        constraints = [
            models.CheckConstraint(condition=~Q(name=""), name="letter_category_has_name"),
            models.CheckConstraint(
                condition=Q(workdays__gte=1, workdays__lte=60), name="letter_category_workdays"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Matter(models.Model):
    """Letters about the same, joined by a person: the leading letter's answer is sent to all of them."""

    lead = models.OneToOneField(
        "Letter", models.PROTECT, related_name="leads", verbose_name=_("主信"), primary_key=True
    )
    title = models.TextField(_("事由"))
    joined_by = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name=_("合并人"))
    at = models.DateTimeField(_("合并时间"), default=timezone.now)

    class Meta:
        verbose_name = _("合并事由")
        verbose_name_plural = pgettext_lazy("plural", "合并事由")
        ordering = ["-at"]

    def __str__(self) -> str:
        return self.title


class Letter(models.Model):
    """What a letter's case is about, beside the case. The words stand in the case's data alone.

    An ``anonymous`` letter has nobody: the database refuses one whose case names an applicant, a phone or whoever
    registered it. Its writer shows a receipt code; ``receipt`` is the code's keyed hash, ``once`` that of the form it
    came from, so that sending the same form again opens no second letter. ``received_at`` repeats the case's moment.
    """

    case = models.OneToOneField(
        Case, models.PROTECT, primary_key=True, related_name="letter", verbose_name=_("办件")
    )
    received_at = models.DateTimeField(_("来信时间"), default=timezone.now)
    anonymous = models.BooleanField(_("匿名"), default=False)
    receipt = models.TextField(unique=True, null=True, editable=False)
    once = models.TextField(unique=True, null=True, editable=False)
    may_publish = models.BooleanField(_("同意公开"), default=False)
    category = models.ForeignKey(
        LetterCategory,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="letters",
        verbose_name=_("类别"),
        db_index=False,
    )
    suggested = models.ForeignKey(
        LetterCategory, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("建议类别")
    )
    suggested_section = models.ForeignKey(
        Organisation, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("建议科室")
    )
    confidence = models.FloatField(_("把握"), null=True, blank=True)
    suggested_by = models.TextField(_("建议来源"), blank=True, default="")
    suggested_at = models.DateTimeField(_("建议时间"), null=True, blank=True)
    sorted_by = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("分办人")
    )
    sorted_at = models.DateTimeField(_("分办时间"), null=True, blank=True)
    followed = models.BooleanField(_("采纳建议"), null=True, blank=True)
    answer = models.TextField(_("答复"), blank=True, default="")
    answer_by = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("拟复人")
    )
    answered_at = models.DateTimeField(_("答复时间"), null=True, blank=True)
    in_time = models.BooleanField(_("按时答复"), null=True, blank=True)
    matter = models.ForeignKey(
        Matter, models.PROTECT, null=True, blank=True, related_name="letters", verbose_name=_("并入")
    )

    class Meta:
        verbose_name = _("来信")
        verbose_name_plural = pgettext_lazy("plural", "来信")
        ordering = ["-case_id"]
        indexes = [
            models.Index(fields=["received_at"], name="letter_by_receipt"),
            models.Index(fields=["category", "received_at"], name="letter_by_category"),
            models.Index(
                fields=["received_at"],
                name="letter_to_suggest",
                condition=Q(suggested_at__isnull=True, sorted_at__isnull=True),
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(anonymous=False, receipt__isnull=True, once__isnull=True)
                | Q(anonymous=True, receipt__isnull=False),
                name="letter_anonymous_has_receipt",
            ),
            models.CheckConstraint(
                condition=Q(answered_at__isnull=True) | ~Q(answer=""), name="letter_answered_has_answer"
            ),
            models.CheckConstraint(
                condition=Q(answered_at__isnull=True) | Q(answered_at__gte=F("received_at")),
                name="letter_answered_after_receipt",
            ),
        ]

    def __str__(self) -> str:
        return self.case.title

    @property
    def words(self) -> str:
        """What was written."""
        return str(self.case.data.get("words", ""))

    @property
    def is_lead(self) -> bool:
        """Whether other letters were joined into this one."""
        return self.matter_id == self.case_id


class FormerAnswer(models.Model):
    """An answer that was sent before the writer said that it does not help. It stays to be read."""

    letter = models.ForeignKey(Letter, models.PROTECT, related_name="former_answers", verbose_name=_("来信"))
    words = models.TextField(_("答复"))
    by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", verbose_name=_("拟复人"))
    sent_at = models.DateTimeField(_("答复时间"))

    class Meta:
        verbose_name = _("前次答复")
        verbose_name_plural = pgettext_lazy("plural", "前次答复")
        ordering = ["sent_at"]


class Alike(models.Model):
    """Two letters that look alike, found by a job and proposed to whoever sorts. ``earlier`` has the lower case."""

    earlier = models.ForeignKey(Letter, models.CASCADE, related_name="+", db_index=False)
    later = models.ForeignKey(Letter, models.CASCADE, related_name="+")
    likeness = models.FloatField(_("相似度"))

    class Meta:
        verbose_name = _("相似来信")
        verbose_name_plural = pgettext_lazy("plural", "相似来信")
        constraints = [
            models.UniqueConstraint(fields=["earlier", "later"], name="alike_once"),
            models.CheckConstraint(condition=Q(earlier__lt=F("later")), name="alike_in_order"),
            models.CheckConstraint(condition=Q(likeness__gt=0, likeness__lte=1), name="alike_likeness"),
        ]


class PublicationState(models.TextChoices):
    """Nobody but those who edit sees it before it is published, nor after it was withdrawn."""

    DRAFT = "draft", _("编辑中")
    WAITING = "waiting", _("待审核")
    PUBLISHED = "published", _("已公开")
    WITHDRAWN = "withdrawn", _("已撤下")


class Publication(models.Model):
    """A letter and its answer as everybody may read them, personal data taken out by hand.

    The database refuses one that its own editor approved, and one whose letter's writer did not agree.
    """

    letter = models.OneToOneField(Letter, models.PROTECT, primary_key=True, related_name="publication")
    title = models.TextField(_("标题"))
    words = models.TextField(_("来信摘要"))
    answer = models.TextField(_("答复"))
    state = models.TextField(_("状态"), choices=PublicationState, default=PublicationState.DRAFT)
    edited_by = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name=_("编辑人"))
    edited_at = models.DateTimeField(_("编辑时间"), default=timezone.now)
    approved_by = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("审核人")
    )
    published_at = models.DateTimeField(_("公开时间"), null=True, blank=True)
    withdrawn_by = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("撤下人")
    )
    withdrawn_at = models.DateTimeField(_("撤下时间"), null=True, blank=True)
    reason = models.TextField(_("撤下或退回原因"), blank=True, default="")

    class Meta:
        verbose_name = _("公开来信")
        verbose_name_plural = pgettext_lazy("plural", "公开来信")
        ordering = ["-published_at", "-letter_id"]
        indexes = [
            models.Index(fields=["-published_at"], name="publication_public", condition=Q(state="published")),
        ]
        constraints = [
            models.CheckConstraint(
                condition=~Q(state="published") | Q(published_at__isnull=False, approved_by__isnull=False),
                name="publication_published_has_approver",
            ),
            models.CheckConstraint(
                condition=Q(approved_by__isnull=True) | ~Q(approved_by=F("edited_by")),
                name="publication_approved_by_another",
            ),
            models.CheckConstraint(
                condition=~Q(title="") & ~Q(words="") & ~Q(answer=""), name="publication_whole"
            ),
        ]

    def __str__(self) -> str:
        return self.title


class UsefulVote(models.Model):
    """Somebody who signed in found a published letter useful; once each."""

    publication = models.ForeignKey(Publication, models.CASCADE, related_name="votes", db_index=False)
    person = models.ForeignKey(Person, models.CASCADE, related_name="+", db_index=False)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("有用")
        verbose_name_plural = pgettext_lazy("plural", "有用")
        constraints = [models.UniqueConstraint(fields=["publication", "person"], name="useful_once")]


class SpotRating(models.Model):
    """A rating given where a code hangs. It keeps nothing of whoever gave it. A low one opens, or joins, a letter."""

    place = models.ForeignKey(Place, models.PROTECT, related_name="+", verbose_name=_("地点"), db_index=False)
    category = models.ForeignKey(
        LetterCategory, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("类别")
    )
    stars = models.PositiveSmallIntegerField(_("星级"))
    tags = models.JSONField(_("标签"), default=list)
    words = models.TextField(_("评语"), blank=True, default="")
    at = models.DateTimeField(_("时间"), default=timezone.now)
    letter = models.ForeignKey(
        Letter, models.PROTECT, null=True, blank=True, related_name="spots", verbose_name=_("转成的来信")
    )

    class Meta:
        verbose_name = _("现场评价")
        verbose_name_plural = pgettext_lazy("plural", "现场评价")
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["place", "-at"], name="spot_by_place"),
            models.Index(fields=["at"], name="spot_by_time"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(stars__gte=1, stars__lte=5), name="spot_one_to_five")
        ]


class Learned(models.Model):
    """What was learned from past letters: weights as plain numbers, and how good they were on letters held back.

    ``weights`` is a file of arrays without anything executable (``.npz``), sealed by ``seal``, a keyed hash. The
    figures stand beside those of always naming the most frequent category (``baseline``).
    """

    at = models.DateTimeField(_("训练时间"), default=timezone.now)
    letters = models.PositiveIntegerField(_("来信数"))
    held_back = models.PositiveIntegerField(_("留出检验"))
    accuracy = models.FloatField(_("类别准确率"))
    macro_f1 = models.FloatField(_("类别宏 F1"))
    baseline_accuracy = models.FloatField(_("基线准确率"))
    baseline_macro_f1 = models.FloatField(_("基线宏 F1"))
    section_accuracy = models.FloatField(_("科室准确率"), null=True)
    section_baseline = models.FloatField(_("科室基线准确率"), null=True)
    synthetic = models.BooleanField(_("虚构来信"), default=False)
    weights = models.BinaryField()
    seal = models.TextField()

    class Meta:
        verbose_name = _("分类建议模型")
        verbose_name_plural = pgettext_lazy("plural", "分类建议模型")
        ordering = ["-id"]
